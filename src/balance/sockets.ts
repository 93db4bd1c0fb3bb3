// The listening sockets of one app, by what was asked for: binds them, finds them again, and closes those that nobody asks for any more.
import fs from 'node:fs';
import { constants } from 'node:os';
import type { BalancePolicy } from '../model/app-spec.ts';
import type { ListenRequest } from '../model/preload-protocol.ts';
import { createListener } from './listener.ts';
import type { Listener } from './listener.ts';
import { bindDatagram, bindServer, inheritDatagram, listenOn, nameOf, openServer } from './node-handles.ts';
import type { Bound } from './node-handles.ts';
import { isDatagram, keyOf, printAddress } from './socket-key.ts';
import type { BalancerOptions, LeftSocket } from './types.ts';

/** The socket, or libuv's error number (negative). */
export type Found = Listener | number;

export interface Sockets {
  /** Calls back at once, except for datagrams. */
  find(request: ListenRequest, done: (found: Found) => void): void;
  /** Takes over a socket that another host has left: whoever asks for the same gets it. */
  inherit(left: LeftSocket): void;
  all(): Listener[];
  /** To be called after every change of members. `someServe`: a member is in rotation, so what it does not ask for is not wanted. */
  review(someServe: boolean): void;
  closeAll(): void;
}

export type SocketsOptions = Pick<BalancerOptions, 'clock' | 'queueLimit' | 'queueTimeoutMs' | 'neighbours'> & {
  readonly policy: () => BalancePolicy;
};

interface Entry {
  readonly listener: Listener;
  readonly request: ListenRequest;
  /** Of the file of a Unix socket. */
  readonly inode: number | null;
  /** It was bound elsewhere: closing it here does not remove its file. */
  readonly isInherited: boolean;
  cancelClosing: (() => void) | null;
}

export function createSockets(options: SocketsOptions): Sockets {
  const { clock, queueTimeoutMs, neighbours } = options;
  const entries = new Map<string, Entry>();

  function find(request: ListenRequest, done: (found: Found) => void): void {
    const known = entries.get(keyOf(request));
    if (known !== undefined && isStillThere(known)) return done(known.listener);
    if (known !== undefined) close(known);
    if (isDatagram(request)) bindDatagram(request, (bound) => done(open(request, bound)));
    else done(open(request, bindOrMakeRoom(request)));
  }

  function bindOrMakeRoom(request: ListenRequest): Bound {
    const bound = bindServer(request);
    if (bound !== -constants.errno.EADDRINUSE) return bound;
    // Perhaps it is one of ours that the app asked for in another way before it was started again.
    const unasked = [...entries.values()].filter(({ listener, request: { port } }) => port === request.port && !listener.isAsked());
    for (const entry of unasked) close(entry);
    return unasked.length === 0 ? bound : bindServer(request);
  }

  function inherit({ from, request }: LeftSocket): void {
    if (typeof from !== 'number') open(request, from, true);
    else if (isDatagram(request)) inheritDatagram(from, request, (bound) => void open(request, bound, true));
    else open(request, openServer(from, request), true);
  }

  function open(request: ListenRequest, bound: Bound, isInherited = false): Found {
    if (typeof bound === 'number') return bound;
    const key = keyOf(request);
    const known = entries.get(key);
    if (known !== undefined) {
      // Another instance asked meanwhile and was quicker.
      bound.close();
      return known.listener;
    }
    const name = nameOf(bound);
    const begin = isInherited && !isDatagram(request) ? (): void => void listenOn(bound, request) : null;
    const address = printAddress(request, name);
    const listener = createListener({ ...options, socket: bound, name, address, shared: request.shared, begin });
    entries.set(key, { listener, request, inode: inodeOf(request), isInherited, cancelClosing: null });
    neighbours.opened(bound, request);
    return listener;
  }

  function close(entry: Entry): void {
    entry.cancelClosing?.();
    neighbours.closed(entry.listener.socket);
    if (entry.isInherited && entry.inode !== null && isStillThere(entry)) fs.rmSync(entry.request.address!, { force: true });
    entry.listener.close();
    entries.delete(keyOf(entry.request));
  }

  function review(someServe: boolean): void {
    for (const entry of entries.values()) {
      const isWanted = entry.listener.isAsked() || !someServe;
      if (isWanted) entry.cancelClosing?.();
      entry.cancelClosing = isWanted ? null : (entry.cancelClosing ?? clock.setTimer(queueTimeoutMs, () => close(entry)));
    }
  }

  return {
    find,
    inherit,
    all: () => [...entries.values()].map(({ listener }) => listener),
    review,
    closeAll() {
      for (const entry of [...entries.values()]) close(entry);
    },
  };
}

/** An app may remove the file of its Unix socket before it listens, as many do; then the socket behind it can be reached by nobody. */
function isStillThere({ request, inode }: Entry): boolean {
  return inode === null || inodeOf(request) === inode;
}

function inodeOf({ address, addressType }: ListenRequest): number | null {
  if (addressType !== -1 || address === null || address.startsWith('\0')) return null;
  return fs.lstatSync(address, { throwIfNoEntry: false })?.ino ?? 0;
}

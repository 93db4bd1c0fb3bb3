// Listening in a balanced instance: the app's servers ask the supervisor for a socket, get a stand-in, and are fed through it.
import cluster from 'node:cluster';
import { constants } from 'node:os';
import path from 'node:path';
import { DEFAULT_BACKLOG } from '../model/preload-protocol.ts';
import type { InheritedSocket, ListenRequest, ToPreload } from '../model/preload-protocol.ts';
import { createBatons } from './batons.ts';
import type { Batons } from './batons.ts';
import type { Channel } from './channel.ts';
import { takeIndex } from './index-key.ts';
import { answerListen, bindHere } from './node-internals.ts';
import type { ClusterServer, RawHandle, ServerAnswer, ServerQuery } from './node-internals.ts';
import { isDatagram, isPath, requestOf } from './query.ts';
import { hasSpareDescriptors } from './spare-descriptors.ts';
import { createStandIn } from './stand-in.ts';
import type { StandIn } from './stand-in.ts';

/** The next host ends what does not serve, and a socket that was bound here would be in the way of those it starts. */
const HOLD_MS = 30_000;

interface Asked {
  readonly server: ClusterServer;
  readonly request: ListenRequest;
  readonly query: ServerQuery;
  readonly answer: ServerAnswer;
  /** Gives back what waiting for the answer holds. */
  readonly settle: () => void;
  readonly releaseIndex: () => void;
}

interface Open {
  readonly server: ClusterServer;
  readonly request: ListenRequest;
  readonly standIn: StandIn;
  readonly batons: Batons;
  /** A copy of the listening socket: silent unless this instance accepts by itself. */
  copy: RawHandle | null;
  readonly backlog: number;
  isReferenced: boolean;
}

type Listening = Extract<ToPreload, { act: 'listening' }>;
type Connection = Extract<ToPreload, { act: 'connection' }>;
type Baton = Extract<ToPreload, { act: 'baton' }>;

export interface Listeners {
  answered(message: Listening, handle: RawHandle | undefined): void;
  connected(message: Connection, handle: RawHandle | undefined): void;
  /** Accept from this copy of the socket. */
  baton(message: Baton, handle: RawHandle | undefined): void;
  /** The batons of that socket are void. */
  withdraw(id: number): void;
  /** The supervisor is about to be told so: it gives to others what it has sent before it knows. */
  exiting(): void;
  /** Servers that get connections. */
  servers(): ClusterServer[];
  /** Take connections from the copies, or leave them to the supervisor again. */
  accept(on: boolean): void;
  /** The sockets are closed for good: nothing is accepted from the copies any more. */
  release(): void;
  /** The supervisor is gone: accept from the copies, and bind whatever else is asked for here: at once, or, where a successor is to come, when none has. */
  goDirect(hasSuccession: boolean): void;
  /** The listening sockets that this process holds a copy of. */
  copies(): Copy[];
}

/** With what was asked for, and the app where that is another one. */
export interface Copy extends Pick<InheritedSocket, 'request'>, Partial<Pick<InheritedSocket, 'app'>> {
  readonly handle: RawHandle;
}

export interface ListenerOptions {
  readonly channel: Channel;
  /** A server is about to get connections. */
  readonly opened: (server: ClusterServer) => void;
  /** A server is about to get this connection. */
  readonly handed: (connection: RawHandle) => void;
}

export function createListeners({ channel, opened, handed }: ListenerOptions): Listeners {
  const asked = new Map<number, Asked>();
  const open = new Map<number, Open>();
  const datagrams = new Map<RawHandle, ListenRequest>();
  let lastId = 0;
  let isDirect = false;
  let isFollowed = false;
  let isAccepting = false;
  let saidExits = 0;
  answerListen(listen);

  function listen(server: ClusterServer, given: ServerQuery, answer: ServerAnswer): void {
    const query = isPath(given) ? { ...given, address: path.resolve(given.address) } : given;
    if (typeof query.fd === 'number' && query.fd >= 0) {
      channel.say({
        act: 'unsupported',
        what: `listen({ fd: ${query.fd} }) is not balanced: this instance accepts on that descriptor itself`,
      });
      return bind(query, answer);
    }
    if (isDirect) return bindLater(() => bind(query, answer));
    const id = ++lastId;
    const { index, release: releaseIndex } = takeIndex(query);
    // Node would be alive for the binding, which it does at once.
    const waiting = setInterval(() => {}, 2 ** 30);
    const request = { ...requestOf(query), id, index };
    asked.set(id, { server, request, query, answer, releaseIndex, settle: () => clearInterval(waiting) });
    channel.say({ act: 'listen', ...request, shared: server._getServerData?.() });
    server.once('listening', () => {
      Object.assign(cluster.worker ?? {}, { state: 'listening' });
    });
  }

  function bind(query: ServerQuery, answer: ServerAnswer): void {
    // Datagram sockets come from the supervisor alone.
    const bound = isDatagram(query) ? -constants.errno.ENOTSUP : bindHere(query);
    if (typeof bound === 'number') answer(bound, NOTHING);
    else answer(0, bound);
  }

  function answered(message: Listening, handle: RawHandle | undefined): void {
    const request = asked.get(message.id);
    asked.delete(message.id);
    if (request === undefined) return handle?.close();
    const { server, query, answer, settle, releaseIndex } = request;
    settle();
    if (message.errno !== 0) {
      releaseIndex();
      return answer(message.errno, NOTHING);
    }
    if (message.shared !== undefined) server._setServerData?.(message.shared);
    const closed = (): void => {
      releaseIndex();
      open.delete(message.id);
      channel.say({ act: 'close', id: message.id });
    };
    if (isDatagram(query)) shareDatagrams(request, handle, closed);
    else openStandIn({ message, request, copy: handle ?? null, closed });
  }

  function openStandIn({
    message,
    request,
    copy,
    closed,
  }: {
    message: Listening;
    request: Asked;
    copy: RawHandle | null;
    closed: () => void;
  }): void {
    const { server, query, answer, request: asking } = request;
    const { id } = message;
    const backlog = query.backlog || DEFAULT_BACKLOG;
    const standIn = createStandIn({
      sockname: query.addressType === -1 ? null : message.sockname,
      closed() {
        closed();
        batons.withdraw();
        entry.copy?.close();
      },
      referenced(isReferenced) {
        entry.isReferenced = isReferenced;
        applyReference(entry);
      },
    });
    const batons = createBatons({ id, backlog, isFull: () => !canTake(entry), hasSpare: hasSpareDescriptors, take }, channel);
    const entry: Open = { server, request: asking, standIn, batons, copy, backlog, isReferenced: true };
    open.set(id, entry);
    opened(server);
    answer(0, standIn);
    if (message.wantsCopy === true && copy !== null) channel.sendCopy(id, copy);
    if (isAccepting) acceptDirectly(entry);

    function take(connection: RawHandle): void {
      handed(connection);
      standIn.onconnection?.(0, connection);
    }
  }

  function baton({ id, turns }: Baton, handle: RawHandle | undefined): void {
    const entry = open.get(id);
    if (entry !== undefined) return entry.batons.got(handle, turns);
    // The supervisor is about to hear that this server has closed.
    handle?.close();
  }

  function withdraw(id: number): void {
    const entry = open.get(id);
    // The supervisor is about to hear that this server has closed.
    if (entry === undefined) return;
    entry.batons.withdraw();
    channel.say({ act: 'withdrawn', id });
  }

  function connected({ id, seq, exits = 0 }: Connection, handle: RawHandle | undefined): void {
    if (exits < saidExits) return handle?.close();
    const entry = open.get(id);
    if (handle === undefined || entry === undefined || !canTake(entry)) {
      // Closes this copy only: the client notices nothing.
      handle?.close();
      return channel.say({ act: 'refused', seqs: [seq] });
    }
    handed(handle);
    try {
      entry.standIn.onconnection!(0, handle);
    } finally {
      // Also when the app's listener threw: a connection that ends one instance must not be handed to the next.
      channel.accept(seq);
    }
  }

  function goDirect(hasSuccession: boolean): void {
    isDirect = true;
    isFollowed = hasSuccession;
    bindLater(bindAsked);
    for (const entry of open.values()) acceptDirectly(entry);
    withdrawAll();
  }

  function withdrawAll(): void {
    for (const { batons } of open.values()) batons.withdraw();
  }

  function bindLater(act: () => void): void {
    if (isFollowed) setTimeout(act, HOLD_MS);
    else act();
  }

  function bindAsked(): void {
    for (const { query, answer, settle, releaseIndex } of asked.values()) {
      settle();
      releaseIndex();
      bind(query, answer);
    }
    asked.clear();
  }

  function accept(on: boolean): void {
    isAccepting = on;
    for (const entry of open.values()) {
      if (on) acceptDirectly(entry);
      else entry.copy?.readStop?.();
    }
  }

  function release(): void {
    withdrawAll();
    for (const entry of open.values()) {
      entry.copy?.close();
      entry.copy = null;
    }
  }

  /** Every instance reads from the same datagram socket, as under Node's cluster: the kernel gives a datagram to one of them. */
  function shareDatagrams({ request, answer }: Asked, handle: RawHandle | undefined, closed: () => void): void {
    if (handle === undefined) return answer(-constants.errno.EMFILE, NOTHING);
    const close = handle.close;
    datagrams.set(handle, request);
    handle.close = (done) => {
      datagrams.delete(handle);
      closed();
      close.call(handle, done);
    };
    answer(0, handle);
  }

  function copies(): Copy[] {
    const silent = [...open.values()].flatMap(({ server, request, copy }) =>
      copy === null ? [] : [{ handle: copy, request: { ...request, shared: server._getServerData?.() } }],
    );
    return [...silent, ...[...datagrams].map(([handle, request]) => ({ handle, request }))].filter(({ handle: { fd = -1 } }) => fd >= 0);
  }

  return {
    answered,
    accept,
    release,
    connected,
    baton,
    withdraw,
    exiting() {
      saidExits += 1;
      withdrawAll();
    },
    servers: () => [...open.values()].map(({ server }) => server),
    goDirect,
    copies,
  };
}

/** It is the same socket with the same queue, so whatever has connected already is served too. */
function acceptDirectly(entry: Open): void {
  const { copy, standIn, backlog } = entry;
  if (copy === null) return;
  copy.onconnection = (error, connection) => standIn.onconnection?.(error, connection);
  copy.listen?.(backlog);
  copy.readStart?.();
  applyReference(entry);
}

function applyReference({ copy, isReferenced }: Open): void {
  if (isReferenced) copy?.ref?.();
  else copy?.unref?.();
}

function canTake({ server, standIn }: Open): boolean {
  return standIn.onconnection !== undefined && !isFull(server);
}

/** Zero means no limit on Node 20 and none at all on later ones: those drop by themselves. */
function isFull({ maxConnections, dropMaxConnection, _connections: connections = 0 }: ClusterServer): boolean {
  return typeof maxConnections === 'number' && maxConnections > 0 && connections >= maxConnections && dropMaxConnection !== true;
}

/** Goes with an error: `listen` closes it where it was given up meanwhile. */
const NOTHING: RawHandle = { close() {} };

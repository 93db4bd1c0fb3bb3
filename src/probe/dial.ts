// Opens a connection for a look: through the balancer where one stands before the instance, otherwise to where it listens.
import net from 'node:net';
import type { Socket } from 'node:net';
import type { Cancel } from '../platform/clock.ts';
import { listeningSocketsOf } from '../platform/listening-sockets.ts';
import type { Look } from './look.ts';
import { reachByChance } from './shared-port.ts';
import type { LookTarget, Place } from './target.ts';

const LOOPBACK = '127.0.0.1';
const ANY = new Set(['0.0.0.0', '0:0:0:0:0:0:0:0']);

export interface Dialling {
  /** What is written now reaches this very instance or nobody. May be called before `dial` has returned. Whoever gets it destroys it. */
  opened(socket: Socket, port: number | null): void;
  /** The instance has it. After `opened`. */
  taken(): void;
  /** There is none, and why. Not called after `opened`: from then on the socket tells. */
  failed(text: string): void;
}

/** The returned function gives up what was not opened yet. */
export function dial({ target, clock }: Look, port: number | null, on: Dialling): Cancel {
  const own = target.connect(port, on.taken);
  if (own === null) return dialPlace({ target, clock }, port, on);
  if (own === 'not-listening') on.failed(explainRefused(port));
  else on.opened(own.socket, own.port);
  return () => {};
}

function dialPlace({ target, clock }: Pick<Look, 'target' | 'clock'>, wanted: number | null, on: Dialling): Cancel {
  const { pid, found } = target;
  const place = (found.place ??= findPlace(target, wanted));
  if (place === null) {
    on.failed(explainRefused(wanted));
    return () => {};
  }
  const { port } = place;
  const forget = (): void => void (found.place = null);
  if (target.sharesPort && pid !== null) {
    const taken = (socket: Socket): void => {
      on.opened(socket, port);
      on.taken();
    };
    const failed = (error: Error): void => {
      forget();
      on.failed(explainFailure(error, port));
    };
    return reachByChance({ pid, place, clock, taken, failed });
  }
  // It may have moved to another port or address.
  on.opened(net.connect(port, place.address).once('connect', on.taken).once('error', forget), port);
  return () => {};
}

/** A port that was named is believed even where /proc does not show who listens on it: a process of another user, for example. */
function findPlace({ pid, port: said }: LookTarget, wanted: number | null): Place | null {
  const port = wanted ?? said;
  const sockets = pid === null ? [] : listeningSocketsOf(pid);
  const socket = sockets.find((one) => port === null || one.port === port);
  if (socket !== undefined) return { port: socket.port, address: ANY.has(socket.address) ? LOOPBACK : socket.address };
  return port === null ? null : { port, address: LOOPBACK };
}

/** For people. */
function explainRefused(port: number | null): string {
  return port === null ? 'it listens on no port' : `connection refused on port ${port}`;
}

/** What became of a connection without an answer. */
export function explainFailure(error: NodeJS.ErrnoException, port: number | null): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return explainRefused(port);
    case 'ECONNRESET':
    case 'EPIPE':
      return 'connection reset';
    default:
      return error.message.split('\n', 1)[0]!.slice(0, 100);
  }
}

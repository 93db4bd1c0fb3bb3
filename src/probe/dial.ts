// Opens a connection for a look: through the balancer where one stands before the instance, otherwise to where it listens.
import net from 'node:net';
import { listeningSocketsOf } from '../platform/listening-sockets.ts';
import type { LookTarget, Place, Reached } from './target.ts';

const LOOPBACK = '127.0.0.1';
const ANY = new Set(['0.0.0.0', '0:0:0:0:0:0:0:0']);

/** The connection on its way, or why there is none. `reached` is called when the instance has it; errors come from the socket. */
export function dial(target: LookTarget, port: number | null, reached: () => void): Reached | string {
  const own = target.connect(port, reached);
  if (own === 'not-listening') return explainRefused(port);
  return own ?? dialPlace(target, port, reached);
}

function dialPlace(target: LookTarget, port: number | null, reached: () => void): Reached | string {
  const place = (target.found.place ??= findPlace(target, port));
  if (place === null) return explainRefused(port);
  const socket = net.connect(place.port, place.address);
  socket.once('connect', reached);
  // It may have moved to another port or address.
  socket.once('error', () => (target.found.place = null));
  return { socket, port: place.port };
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
export function explainRefused(port: number | null): string {
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

// Reaches one of several processes that listen on the same port. The kernel picks by chance, so more than one connection may be needed.
import net from 'node:net';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { holdsConnection } from '../platform/connection-holder.ts';
import type { Place } from './target.ts';

/** How long a process gets to accept before the next connection is tried beside it. */
const TRY_EVERY_MS: Ms = 20;
/** Those of a process that hangs are never accepted: they stay open, and the next ones go elsewhere. */
const MAX_OPEN = 8;

export interface SharedPort {
  readonly pid: number;
  readonly place: Place;
  readonly clock: Clock;
  /** `pid` has accepted this one. Whoever gets it destroys it. */
  readonly taken: (socket: net.Socket) => void;
  readonly failed: (error: NodeJS.ErrnoException) => void;
}

/** Tries until `pid` has accepted a connection, nobody listens, or it is cancelled. On the other connections nothing is said. */
export function reachByChance({ pid, place, clock, taken, failed }: SharedPort): Cancel {
  const open = new Set<net.Socket>();
  let stopTimer: Cancel = () => {};

  function tryOne(): void {
    const socket = net.connect(place.port, place.address);
    open.add(socket);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Only who waits for it is told; a reset is somebody else's listener that closes (see design, section 4: `reusePort`).
      if (open.delete(socket) && error.code !== 'ECONNRESET') end(() => failed(error));
    });
  }

  function review(): void {
    const found = [...open].find((socket) => isTaken(socket));
    if (found !== undefined) {
      open.delete(found);
      return end(() => taken(found));
    }
    if (open.size < MAX_OPEN) tryOne();
    stopTimer = clock.setTimer(TRY_EVERY_MS, review);
  }

  function isTaken(socket: net.Socket): boolean {
    const from = socket.connecting ? undefined : socket.localPort;
    const isIts = from === undefined ? null : holdsConnection(pid, { port: place.port, from });
    if (isIts === false) drop(socket);
    return isIts === true;
  }

  function drop(socket: net.Socket): void {
    open.delete(socket);
    socket.destroy();
  }

  function end(tell: () => void): void {
    cancel();
    tell();
  }

  function cancel(): void {
    stopTimer();
    for (const socket of open) drop(socket);
  }

  review();
  return cancel;
}

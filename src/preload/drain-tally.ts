// Counts what becomes of the connections of a drain: every one that ended while it lasted, once, by how it ended.
import type { DrainReport } from '../model/event.ts';
import type { Ms } from '../model/units.ts';
import type { OpenConnection } from './connections.ts';
import type { Connection } from './node-internals.ts';

export interface DrainTally {
  /** To be called at every look. Returns for how long nothing has come from the client and nothing was under way. */
  see(open: OpenConnection, nowMs: Ms): Ms;
  /** A response is about to be sent on it. */
  served(connection: Connection): void;
  cut(connection: Connection): void;
  /** Counts as cut off, but ends by itself. */
  late(connection: Connection): void;
  isCut(connection: Connection): boolean;
  /** A WebSocket was told to go away. */
  told(): void;
  counts(): Omit<DrainReport, 'tookMs'>;
}

interface Seen {
  bytesRead: number;
  quietSinceMs: Ms;
  /** Something was under way, or began, while draining. */
  wasBusy: boolean;
  isCut: boolean;
}

/** `closed` is called after connections have ended, once for many. */
export function createDrainTally(closed: () => void): DrainTally {
  /** By the socket underneath, which is there before a TLS handshake is through. */
  const seen = new Map<Connection, Seen>();
  const count = { finished: 0, idleClosed: 0, cut: 0, toldToGo: 0 };

  let isTelling = false;

  function tellClosed(): void {
    if (isTelling) return;
    isTelling = true;
    // The others' 'close' listeners have to run first.
    setImmediate(() => {
      isTelling = false;
      closed();
    });
  }

  function watch(given: Connection): Seen {
    const connection = rootOf(given);
    const known = seen.get(connection);
    if (known !== undefined) return known;
    const fresh: Seen = {
      bytesRead: connection.bytesRead,
      quietSinceMs: performance.now(),
      wasBusy: false,
      isCut: false,
    };
    seen.set(connection, fresh);
    connection.once('close', () => {
      if (fresh.isCut) count.cut += 1;
      else if (fresh.wasBusy) count.finished += 1;
      else count.idleClosed += 1;
      tellClosed();
    });
    return fresh;
  }

  function late(connection: Connection): void {
    watch(connection).isCut = true;
  }

  return {
    see({ connection, activity }, nowMs) {
      const state = watch(connection);
      if (activity !== 'idle') state.wasBusy = true;
      const { bytesRead } = rootOf(connection);
      if (activity !== 'idle' || bytesRead !== state.bytesRead) state.quietSinceMs = nowMs;
      state.bytesRead = bytesRead;
      return nowMs - state.quietSinceMs;
    },
    served: (connection) => void (watch(connection).wasBusy = true),
    cut(connection) {
      late(connection);
      connection.destroy();
    },
    late,
    isCut: (connection) => watch(connection).isCut,
    told: () => void (count.toldToGo += 1),
    counts: () => count,
  };
}

function rootOf(connection: Connection): Connection {
  return connection._parent ?? connection;
}

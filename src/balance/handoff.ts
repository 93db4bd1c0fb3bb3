// Connections on their way into one member: kept until the member says that its server has taken them, so that none dies with it.
import type { RawConnection } from './node-handles.ts';
import { CMD } from '../model/preload-protocol.ts';
import type { Member } from './types.ts';

/**
 * How many connections may be on their way into one member. Few: if it hangs, so many clients wait for it. Measured with 1, 2, 4 and 8 (bench/handoff.mjs):
 * one alone is slower, more than two gain nothing.
 */
export const ON_THE_WAY_LIMIT = 2;

/** A connection that the supervisor has accepted. */
export interface Connection {
  readonly raw: RawConnection;
  /** Where it goes when the member that had it cannot take it. */
  readonly home: { takeAgain(connection: Connection): void };
  /** Members that refused it. Null until one did: nearly always. */
  refusedBy: Set<number> | null;
  readonly acceptedAtMs: number;
}

export interface Handoff {
  hasRoom(): boolean;
  /** False when the member cannot be reached: the connection stays with the caller. */
  give(connection: Connection, listenId: number): boolean;
  /** Lets go of a connection that the member has taken. Unknown numbers are ignored. */
  release(seq: number): void;
  /** Takes a connection back that the member refused; undefined for unknown numbers. */
  takeBack(seq: number): Connection | undefined;
  /** All that the member did not take, oldest first. */
  takeAllBack(): Connection[];
}

export function createHandoff(member: Member): Handoff {
  const onTheWay = new Map<number, Connection>();
  let lastSeq = 0;
  return {
    hasRoom: () => onTheWay.size < ON_THE_WAY_LIMIT,
    give(connection, listenId) {
      const seq = ++lastSeq;
      if (!member.send({ cmd: CMD, act: 'connection', id: listenId, seq }, connection.raw)) return false;
      onTheWay.set(seq, connection);
      return true;
    },
    release(seq) {
      onTheWay.get(seq)?.raw.close();
      onTheWay.delete(seq);
    },
    takeBack(seq) {
      const taken = onTheWay.get(seq);
      onTheWay.delete(seq);
      return taken;
    },
    takeAllBack() {
      const taken = [...onTheWay.values()];
      onTheWay.clear();
      return taken;
    },
  };
}

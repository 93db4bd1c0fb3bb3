// Connections on their way into one member: kept until the member says that its server has taken them, so that none dies with it.
import type { RawConnection, RawSocket } from './node-handles.ts';
import { CMD } from '../model/preload-protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Member } from './types.ts';

/** So many connections may be on their way into a member before the next one gets its turn. Measured: fewer are slower where the client is slow, more gain nothing (bench/handoff.mjs). */
const IN_TURN_LIMIT = 4;

/**
 * So many may be when all members have reached the first limit. What is in a member's channel outlives the host, what waits in the host dies with it.
 * But nothing comes back from a member that hangs before it ends: hence few, and none when it has not taken the oldest for so long.
 */
const LIMIT = 8;
const STALLED_AFTER_MS = 100;

/** Who is told what becomes of a connection. */
export interface Home {
  takeAgain(connection: Connection): void;
  /** The member's server has it. */
  taken?(): void;
}

/** A connection that the supervisor has accepted. */
export interface Connection {
  readonly raw: RawConnection;
  /** Where it goes when the member that had it cannot take it. */
  readonly home: Home;
  /** Members that refused it. Null until one did: nearly always. */
  refusedBy: Set<number> | null;
  readonly acceptedAtMs: Ms;
  /** The hash of the client's address; null where nobody asks for it or it has none. */
  readonly peer: number | null;
  /** How many members have ended with it on the way. */
  outlived: number;
}

interface Given {
  readonly connection: Connection;
  readonly givenAtMs: Ms;
}

export interface Handoff {
  /** How many are on their way. */
  load(): number;
  /** How many it has, with those on their way; these alone until it has said how many it has. */
  open(): number;
  /** It says how many it has. */
  counted(count: number): void;
  /** May get the next one when it is its turn. */
  hasRoom(): boolean;
  /** May get one more when nobody has room. */
  canBePressed(nowMs: Ms): boolean;
  /** False when the member cannot be reached: the connection stays with the caller. */
  give(connection: Connection, listenId: number, nowMs: Ms): boolean;
  /** Lets the member accept so many connections itself. False when it cannot be reached. */
  passBaton(listenId: number, socket: RawSocket, turns: number): boolean;
  /** None of those that it has of this socket holds any more. */
  withdrawBatons(listenId: number): void;
  /** It has accepted one. */
  tookOne(): void;
  /** Lets go of a connection that the member has taken. Unknown numbers are ignored. */
  release(seq: number): void;
  /** Takes a connection back that the member refused; undefined for unknown numbers. */
  takeBack(seq: number): Connection | undefined;
  /** All that the member did not take, oldest first, because it exits or has ended. */
  takeAllBack(): Connection[];
}

export function createHandoff(member: Member): Handoff {
  const onTheWay = new Map<number, Given>();
  let lastSeq = 0;
  let taken: number | null = null;
  let exits = 0;
  return {
    load: () => onTheWay.size,
    open: () => onTheWay.size + (taken ?? 0),
    counted(count) {
      taken = count;
    },
    hasRoom: () => onTheWay.size < IN_TURN_LIMIT,
    canBePressed(nowMs) {
      const [oldest] = onTheWay.values();
      return onTheWay.size < LIMIT && (oldest === undefined || nowMs - oldest.givenAtMs < STALLED_AFTER_MS);
    },
    give(connection, listenId, nowMs) {
      const seq = ++lastSeq;
      const message = { cmd: CMD, act: 'connection', id: listenId, seq, ...(exits > 0 && { exits }) } as const;
      if (!member.send(message, connection.raw)) return false;
      onTheWay.set(seq, { connection, givenAtMs: nowMs });
      return true;
    },
    passBaton: (id, socket, turns) => member.send({ cmd: CMD, act: 'baton', id, ...(turns > 1 && { turns }) }, socket),
    withdrawBatons: (id) => void member.send({ cmd: CMD, act: 'withdraw', id }),
    tookOne() {
      if (taken !== null) taken += 1;
    },
    release(seq) {
      const connection = onTheWay.get(seq)?.connection;
      // What it says of its connections comes behind what it says of taking them: until it says the next, each is one more.
      if (onTheWay.delete(seq) && taken !== null) taken += 1;
      connection?.raw.close();
      connection?.home.taken?.();
    },
    takeBack(seq) {
      const connection = onTheWay.get(seq)?.connection;
      onTheWay.delete(seq);
      return connection;
    },
    takeAllBack() {
      const connections = Array.from(onTheWay.values(), ({ connection }) => connection);
      onTheWay.clear();
      exits += 1;
      return connections;
    },
  };
}

// One listening socket of an app: the connections that came in by it, the members that may get them, and those that wait for one.
import { createBatons } from './batons.ts';
import type { Connection, Handoff } from './handoff.ts';
import type { BalancePolicy } from '../model/app-spec.ts';
import { peerAddressOf, resetConnection, startAccepting, stopAccepting } from './node-handles.ts';
import type { Ms } from '../model/units.ts';
import type { RawConnection, RawSocket, SocketName } from './node-handles.ts';
import type { Circle } from './policies/circle.ts';
import { hashAddress } from './policies/ip-hash.ts';
import { POLICIES } from './policies/policies.ts';
import type { BalancerOptions } from './types.ts';
import { createWaiting } from './waiting.ts';

/** A connection that has been on its way into so many members when they ended may well be what ended them. */
const OUTLIVED_LIMIT = 5;

/**
 * Members that have taken something so lately are at work, not blocked: what comes meanwhile is accepted even where none has room, because the kernel's queue
 * is short. Measured: of 5,000 connections opened at once, it dropped 28,000 attempts where the host had left all of them there.
 */
const AT_WORK_MS = 50;

/** A member that declined may take none for a while: until then connections are offered to one after the other. */
const DECLINED_MS = 1000;

/** A member that asked for this socket. */
export interface Asker {
  readonly key: number;
  /** Whose clients it gets where they belong to one. */
  readonly slot: () => number;
  /** The number by which it knows the socket. */
  readonly listenId: number;
  readonly handoff: Handoff;
}

export interface ListenerOptions extends Pick<BalancerOptions, 'clock' | 'queueLimit' | 'queueTimeoutMs'> {
  readonly socket: RawSocket;
  readonly name: SocketName;
  readonly address: string;
  /** What all servers on this socket share. */
  readonly shared: unknown;
  readonly policy: () => BalancePolicy;
  /** Others accept from the socket: to be called before the first connection is needed here. Null where that is so already. */
  readonly begin: (() => void) | null;
}

export interface Listener extends Pick<ListenerOptions, 'socket' | 'name' | 'address' | 'shared'> {
  ask(asker: Asker, inRotation: boolean): void;
  unask(key: number): void;
  isAsked(): boolean;
  /** In or out of rotation; a member that did not ask is ignored. */
  rotate(key: number, inRotation: boolean): void;
  /** A copy of the socket would be of use. */
  wantsCopy(): boolean;
  /** A member has sent one. */
  gotCopy(copy: RawSocket): void;
  /** A member has accepted a connection itself, or takes none now. */
  tookBaton(key: number): void;
  declinedBaton(key: number): void;
  /** A member has heard that its batons are void. */
  gaveUpBatons(key: number): void;
  /** While this is on nothing is accepted: connections wait in the kernel. */
  pause(isOn: boolean): void;
  /** How many connections it holds. */
  held(): number;
  /** Gives waiting connections to members that have room. */
  pump(): void;
  /** A member has taken what it was given; to be called in place of `pump`. */
  taken(): void;
  /** Waiting connections are reset, new ones refused. */
  close(): void;
}

export function createListener({ clock, queueLimit, queueTimeoutMs, policy, begin, ...identity }: ListenerOptions): Listener {
  const { socket } = identity;
  const askers = new Map<number, Asker>();
  let turns: Asker[] = [];
  let last = -1;
  let isOpen = true;
  let isPaused = false;
  let awaitsBegin = begin;
  let isAccepting = begin === null;
  let takenAtMs = -Infinity;
  let declinedAtMs = -Infinity;
  const batons = createBatons({ clock, socket, next: nextForBaton, lost: ({ key }) => leaveOut(key) });
  const waiting = createWaiting({ clock, timeoutMs: queueTimeoutMs });
  const home = { takeAgain };
  socket.onconnection = (error, raw) => {
    if (error === 0) accept({ raw, home, refusedBy: null, acceptedAtMs: clock.monotonicMs(), peer: peerOf(raw), outlived: 0 });
  };

  function peerOf(raw: RawConnection): number | null {
    const address = policy() === 'ip-hash' ? peerAddressOf(raw) : undefined;
    return address === undefined ? null : hashAddress(address);
  }

  function accept(connection: Connection): void {
    // Those that wait for one very member hold up nobody who goes to another.
    if ((waiting.count() === 0 || connection.peer !== null) && give(connection, connection.acceptedAtMs))
      return throttle(connection.acceptedAtMs);
    if (turns.length === 0 && waiting.count() >= queueLimit) return resetConnection(connection.raw);
    waiting.add(connection);
    review(connection.acceptedAtMs);
  }

  /** It came back: it was here before those that wait. */
  function takeAgain(connection: Connection): void {
    if (!isOpen || connection.outlived > OUTLIVED_LIMIT) return resetConnection(connection.raw);
    if (settle(connection, clock.monotonicMs())) return;
    waiting.addFirst(connection);
    review();
  }

  /** False when it has to wait. Refused by all, it is closed, as Node itself does at `maxConnections`. */
  function settle(connection: Connection, nowMs: Ms): boolean {
    const isRefused = connection.refusedBy !== null && turns.length > 0 && turns.every(({ key }) => connection.refusedBy?.has(key));
    if (isRefused) connection.raw.close();
    return isRefused || give(connection, nowMs);
  }

  function give(connection: Connection, nowMs: Ms): boolean {
    for (;;) {
      const turn = nextFor(connection, nowMs);
      const asker = turns[turn];
      if (asker === undefined) return false;
      last = turn;
      if (asker.handoff.give(connection, asker.listenId, nowMs)) return true;
      leaveOut(asker.key);
    }
  }

  /** Its channel has closed: its end is about to be known. */
  function leaveOut(key: number): void {
    turns = turns.filter((other) => other.key !== key);
  }

  /** -1 when it has to wait. */
  function nextFor({ refusedBy, peer }: Connection, nowMs: Ms): number {
    return choose(peer, {
      wants: (place) => refusedBy?.has(turns[place]!.key) !== true,
      hasRoom: (place) => turns[place]!.handoff.hasRoom(),
      canBePressed: (place) => turns[place]!.handoff.canBePressed(nowMs),
      load: (place) => turns[place]!.handoff.load(),
      open: (place) => turns[place]!.handoff.open(),
    });
  }

  function nextForBaton(): Asker | null {
    const heldBy = (place: number): number => batons.of(turns[place]!.key);
    const mayHaveMore = (place: number): boolean => batons.hasRoom(turns[place]!.key);
    const turn = choose(null, {
      wants: () => true,
      hasRoom: mayHaveMore,
      canBePressed: mayHaveMore,
      load: heldBy,
      open: (place) => turns[place]!.handoff.open() + heldBy(place),
    });
    if (turn >= 0) last = turn;
    return turns[turn] ?? null;
  }

  /** By the policy, among those in rotation. */
  function choose(peer: number | null, members: Omit<Circle, 'count' | 'last' | 'slot'>): number {
    return POLICIES[policy()]({ count: turns.length, last, slot: (place) => turns[place]!.slot(), ...members }, peer);
  }

  /** Whoever is in rotation accepts by itself when it is its turn. Not where the client's address tells whose turn it is: that is seen only when it is accepted. */
  function goesByBatons(nowMs: Ms): boolean {
    const isFit = policy() === 'round-robin' || policy() === 'least-connections';
    return isFit && turns.length > 0 && batons.canRun() && !isPaused && isOpen && nowMs - declinedAtMs > DECLINED_MS;
  }

  /** In order, but one that was refused by those with room, or waits for one very member, does not hold up the others. */
  function pump(): void {
    const nowMs = clock.monotonicMs();
    waiting.go(
      () => canBeGiven(nowMs),
      (connection) => settle(connection, nowMs),
    );
    review(nowMs);
  }

  /** Somebody can take another one. */
  function canBeGiven(nowMs: Ms): boolean {
    return turns.some(({ handoff }) => handoff.hasRoom() || handoff.canBePressed(nowMs));
  }

  /** What waits here dies with this process; what waits in the kernel outlives it. There it stays where nobody can take it, or all take it themselves. */
  function throttle(nowMs: Ms): void {
    if (awaitsBegin !== null) return;
    const byBatons = goesByBatons(nowMs);
    batons.run(byBatons);
    const mayAccept =
      !byBatons && !isPaused && policy() !== 'kernel' && (turns.length === 0 || canBeGiven(nowMs) || nowMs - takenAtMs < AT_WORK_MS);
    if (mayAccept === isAccepting || !isOpen) return;
    isAccepting = mayAccept;
    if (mayAccept) startAccepting(socket);
    else stopAccepting(socket);
  }

  function review(nowMs = clock.monotonicMs()): void {
    // Behind a busy instance they wait as they would in the kernel.
    waiting.expire(turns.length === 0);
    throttle(nowMs);
  }

  function rotate(key: number, inRotation: boolean): void {
    const asker = askers.get(key);
    const others = turns.filter((other) => other.key !== key);
    turns = inRotation && asker !== undefined ? [...others, asker] : others;
    if (!inRotation) batons.withdraw(key);
    if (turns.length > 0) beginOnce();
    // What one that leaves gives back comes before those that wait.
    if (inRotation) pump();
    else review();
    batons.review();
  }

  function beginOnce(): void {
    if (awaitsBegin === null) return;
    awaitsBegin();
    awaitsBegin = null;
    isAccepting = true;
  }

  return {
    ...identity,
    ask(asker, inRotation) {
      askers.set(asker.key, asker);
      rotate(asker.key, inRotation);
    },
    unask(key) {
      rotate(key, false);
      askers.delete(key);
      batons.forget(key);
    },
    isAsked: () => askers.size > 0,
    rotate,
    wantsCopy: () => socket.listen !== undefined && !batons.canRun(),
    gotCopy(copy) {
      if (!isOpen) return copy.close();
      batons.watchBy(copy);
      throttle(clock.monotonicMs());
    },
    tookBaton(key) {
      askers.get(key)?.handoff.tookOne();
      batons.took(key);
    },
    declinedBaton(key) {
      batons.declined(key);
      declinedAtMs = clock.monotonicMs();
      throttle(declinedAtMs);
    },
    gaveUpBatons: batons.withdrawn,
    pause(isOn) {
      isPaused = isOn;
      throttle(clock.monotonicMs());
    },
    held: waiting.count,
    pump,
    taken() {
      takenAtMs = clock.monotonicMs();
      pump();
    },
    close() {
      isOpen = false;
      turns = [];
      batons.close();
      socket.close();
      waiting.resetAll();
    },
  };
}

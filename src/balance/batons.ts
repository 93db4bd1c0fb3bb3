// Lets members accept connections themselves, each when it is its turn: whoever has a baton takes the next one from the kernel, where it outlives the host.
import { createHands } from './hands.ts';
import type { Holder } from './hands.ts';
import type { RawSocket } from './node-handles.ts';
import type { Ms } from '../model/units.ts';
import { watchClients } from '../platform/client-watch.ts';
import type { ListeningCopy, Watch } from '../platform/client-watch.ts';
import type { BalancerClock } from './types.ts';

/** Somebody has come, and nobody has taken anything for so long: whoever has the baton is busy, so another one gets one. Shorter, and those that are only slow to wake lose their turn. */
const PATIENCE_MS = 5;

/** From then on it is looked so often whether anybody waits. */
const LOOK_AGAIN_MS = 1;

/** Where somebody is found so many times in a row, they come faster than the batons that are out go round. Fewer may all have met a client on its way in. */
const IN_A_ROW = 8;

/** From then on a baton is for so many: what one costs is the descriptor that travels along. Measured: twice as many gain little, and one alone should not take too many in a row. */
const LOT = 4;

/** Where nobody is found so many times in a row, one baton could go round in time again: batons for one are enough. */
const EMPTY_LIMIT = 3;

/** Nobody has come for so long: what is out beside one baton is withdrawn, so that connections go by turns again. */
const CALM_AFTER_MS = 20;

/** Somebody came and is gone, and nobody has said to have taken them, so many times in a row: who has the baton is to look again whether it can take any. */
const GONE_LIMIT = 2;

export interface BatonsOptions {
  readonly clock: BalancerClock;
  /** What those with a baton accept from. */
  readonly socket: RawSocket;
  /** Whose turn it is; null when nobody may get one more. */
  readonly next: () => Holder | null;
  /** It cannot be reached: it is to be in nobody's turn any more. */
  readonly lost: (holder: Holder) => void;
}

export interface Batons {
  /** With a copy of the socket that sees whether anybody waits: without one nothing can be begun. A further one is closed. */
  watchBy(copy: ListeningCopy): void;
  canRun(): boolean;
  /** While this is on at least one member has a baton. When it goes off all are withdrawn. */
  run(isOn: boolean): void;
  /** How many turns a member has. */
  of(key: number): number;
  /** It may get one more. */
  hasRoom(key: number): boolean;
  /** A member has accepted one. */
  took(key: number): void;
  /** A member has given a turn back. */
  declined(key: number): void;
  /** Who may get batons has changed. */
  review(): void;
  /** It may have none any more. */
  withdraw(key: number): void;
  /** It has heard that. What it accepts from now on it does with new ones. */
  withdrawn(key: number): void;
  /** Its server is closed. */
  forget(key: number): void;
  close(): void;
}

export function createBatons({ clock, socket, next, lost }: BatonsOptions): Batons {
  const hands = createHands(socket);
  let isOn = false;
  /** How many turns should be out, beside those of members that do not take them. */
  let wanted = 1;
  /** How many the next baton is for. */
  let each = 1;
  /** How many looks in a row have found somebody, and that the one before was taken. */
  let found = 0;
  /** How many looks in a row have found nobody, though somebody came later. */
  let empty = 0;
  /** Nobody has taken anything since somebody was found. */
  let isStuck = false;
  /** So many times in a row somebody was found, and gone again without having been taken. */
  let gone = 0;
  let cancelLook: (() => void) | null = null;
  let cancelCalm: (() => void) | null = null;
  let watch: Watch | null = null;

  function lookAfter(delayMs: Ms): void {
    if (watch === null || watch.isOn()) return;
    cancelLook ??= clock.setTimer(delayMs, look);
  }

  function look(): void {
    cancelLook = null;
    watch?.start();
  }

  function nobodyWaits(): void {
    wanted = Math.max(each > 1 ? 2 * LOT : 1, wanted - 1);
    gone = isStuck ? gone + 1 : 0;
    empty += 1;
    if (gone >= GONE_LIMIT || (each > 1 && empty >= EMPTY_LIMIT)) startAnew();
    else if (hands.all() > 1) cancelCalm ??= clock.setTimer(CALM_AFTER_MS, calmDown);
  }

  function calmDown(): void {
    cancelCalm = null;
    if (hands.all() > 1) startAnew();
  }

  function goByTurns(): void {
    wanted = each = 1;
  }

  /** Batons of several turns, and two of them at least: one is used while the other is on its way. */
  function goByLots(): void {
    wanted = Math.max(wanted + 1, 2 * LOT);
    each = LOT;
  }

  function startAnew(): void {
    goByTurns();
    hands.recallAll();
    fill();
  }

  function cancelTimers(): void {
    cancelLook?.();
    cancelCalm?.();
    cancelLook = cancelCalm = null;
  }

  function somebodyWaits(already: boolean): void {
    cancelCalm?.();
    cancelCalm = null;
    found = already ? found + 1 : 0;
    if (already) empty = 0;
    if (already && isStuck) passOver();
    else if (found >= IN_A_ROW) goByLots();
    isStuck = true;
    // Where nobody may get one more, who takes the next one makes room.
    if (fill()) lookAfter(already ? LOOK_AGAIN_MS : PATIENCE_MS);
  }

  /** One that has no baton yet gets one; where all have, all are busy: then one of them gets one more. */
  function passOver(): void {
    hands.suspect();
    goByTurns();
    found = 0;
    if (fill()) return;
    hands.trust();
    wanted = hands.out() + 1;
  }

  /** False when nobody may get as many as are wanted. */
  function fill(): boolean {
    while (isOn && hands.out() + each <= wanted) {
      const holder = next();
      if (holder === null) {
        wanted = Math.max(each, hands.out() + each - 1);
        return false;
      }
      if (!hands.pass(holder, each)) lost(holder);
    }
    return true;
  }

  function review(): void {
    fill();
    // Perhaps somebody waits, and nobody could get one more.
    if (isOn) lookAfter(LOOK_AGAIN_MS);
  }

  return {
    watchBy(given) {
      if (watch !== null) return given.close();
      watch = watchClients(given, { nobodyWaits, somebodyWaits });
    },
    canRun: () => watch !== null,
    run(on) {
      if (isOn === on) return;
      isOn = on;
      goByTurns();
      if (on) {
        fill();
        return look();
      }
      cancelTimers();
      watch?.stop();
      hands.recallAll();
    },
    of: hands.of,
    hasRoom: (key) => hands.hasRoom(key, each),
    took(key) {
      hands.back(key);
      isStuck = false;
      gone = 0;
      review();
    },
    declined: hands.back,
    review,
    withdraw: hands.recall,
    withdrawn(key) {
      hands.recalled(key);
      review();
    },
    forget: hands.forget,
    close() {
      isOn = false;
      cancelTimers();
      watch?.close();
      watch = null;
    },
  };
}

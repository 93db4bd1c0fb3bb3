// Lets members accept connections themselves, each when it is its turn: whoever has a baton takes the next one from the kernel, where it outlives the host.
import type { RawSocket } from './node-handles.ts';
import type { Ms } from '../model/units.ts';
import { watchClients } from '../platform/client-watch.ts';
import type { ListeningCopy, Watch } from '../platform/client-watch.ts';
import type { BalancerClock } from './types.ts';

/** So many a member may have. More would let one that is blocked keep its turn for longer, fewer let those that are busy run dry. */
export const BATONS_LIMIT = 4;

/** Somebody has come, and nobody has taken anything for so long: whoever has the baton is busy, so one more goes out. Shorter, and those that are only slow to wake lose their turn. */
const PATIENCE_MS = 5;

/** From then on it is looked so often whether anybody waits. */
const LOOK_AGAIN_MS = 1;

/** Where somebody is found so many times in a row, they come faster than the batons that are out go round. Fewer may all have met a client on its way in. */
const IN_A_ROW = 8;

/** Nobody has come for so long: what is out beside one baton is withdrawn, so that connections go by turns again. */
const CALM_AFTER_MS = 20;

/** Who may get batons. */
export interface Holder {
  readonly key: number;
  readonly listenId: number;
  readonly handoff: { passBaton(listenId: number, socket: RawSocket): boolean; withdrawBatons(listenId: number): void };
}

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
  /** How many a member has. */
  of(key: number): number;
  /** A member has accepted one. */
  took(key: number): void;
  /** A member has given one back. */
  declined(key: number): void;
  /** Who may get batons has changed. */
  review(): void;
  /** It may have none any more. */
  withdraw(holder: Holder): void;
  close(): void;
}

export function createBatons({ clock, socket, next, lost }: BatonsOptions): Batons {
  const held = new Map<Holder['key'], { readonly holder: Holder; count: number }>();
  let isOn = false;
  /** How many should be out. */
  let wanted = 1;
  /** How many looks in a row have found somebody. */
  let found = 0;
  /** Nobody has taken anything since somebody was found. */
  let isStuck = false;
  let cancelLook: (() => void) | null = null;
  let cancelCalm: (() => void) | null = null;
  let watch: Watch | null = null;

  const out = (): number => [...held.values()].reduce((sum, { count }) => sum + count, 0);
  const of = (key: number): number => held.get(key)?.count ?? 0;

  function lookAfter(delayMs: Ms): void {
    if (watch === null || watch.isOn()) return;
    cancelLook ??= clock.setTimer(delayMs, look);
  }

  function look(): void {
    cancelLook = null;
    if (isOn) watch?.start();
  }

  function nobodyWaits(): void {
    found = 0;
    wanted = Math.max(1, wanted - 1);
    if (out() > 1) cancelCalm ??= clock.setTimer(CALM_AFTER_MS, calmDown);
  }

  function calmDown(): void {
    cancelCalm = null;
    wanted = 1;
    if (out() > 1) withdrawAll();
    fill();
  }

  function withdrawAll(): void {
    for (const { holder } of held.values()) holder.handoff.withdrawBatons(holder.listenId);
    held.clear();
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
    if (found > 0 && (isStuck || found >= IN_A_ROW)) wanted += 1;
    isStuck = true;
    // Where nobody may get one more, who takes the next one makes room.
    if (fill()) lookAfter(already ? LOOK_AGAIN_MS : PATIENCE_MS);
  }

  /** False when nobody may get as many as are wanted. */
  function fill(): boolean {
    while (isOn && out() < wanted) {
      const holder = next();
      if (holder === null) {
        wanted = Math.max(1, out());
        return false;
      }
      if (holder.handoff.passBaton(holder.listenId, socket)) held.set(holder.key, { holder, count: of(holder.key) + 1 });
      else lost(holder);
    }
    return true;
  }

  function back(key: number): void {
    const mine = held.get(key);
    // After it was withdrawn: it crossed the word of that.
    if (mine === undefined) return;
    mine.count -= 1;
    if (mine.count === 0) held.delete(key);
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
      wanted = 1;
      if (on) {
        fill();
        return look();
      }
      cancelTimers();
      watch?.stop();
      withdrawAll();
    },
    of,
    took(key) {
      back(key);
      isStuck = false;
      fill();
      if (isOn) lookAfter(LOOK_AGAIN_MS);
    },
    declined: back,
    review: () => void fill(),
    withdraw(holder) {
      if (held.delete(holder.key)) holder.handoff.withdrawBatons(holder.listenId);
    },
    close() {
      isOn = false;
      cancelTimers();
      watch?.close();
      watch = null;
    },
  };
}

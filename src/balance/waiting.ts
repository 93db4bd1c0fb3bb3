// The connections of one socket that the supervisor has accepted and nobody can take yet, in the order in which they came.
import type { Connection } from './handoff.ts';
import type { Ms } from '../model/units.ts';
import { resetConnection } from './node-handles.ts';
import type { BalancerClock } from './types.ts';

export interface Waiting {
  count(): number;
  /** Behind all others. */
  add(connection: Connection): void;
  /** It was here before those that wait. */
  addFirst(connection: Connection): void;
  /** Tries one after the other as long as `canGo`. Who is settled waits no longer; one that is not does not hold up the others. */
  go(canGo: () => boolean, settle: (connection: Connection) => boolean): void;
  /** While this is on, time runs against them: after their time they are reset. */
  expire(isOn: boolean): void;
  resetAll(): void;
}

export function createWaiting({ clock, timeoutMs }: { readonly clock: BalancerClock; readonly timeoutMs: Ms }): Waiting {
  let waiting: Connection[] = [];
  let isExpiring = false;
  let cancelTimer: (() => void) | null = null;

  function watch(): void {
    const [oldest] = waiting;
    if (oldest === undefined || !isExpiring) {
      cancelTimer?.();
      cancelTimer = null;
    } else {
      cancelTimer ??= clock.setTimer(Math.max(0, oldest.acceptedAtMs + timeoutMs - clock.monotonicMs()), resetOld);
    }
  }

  function resetOld(): void {
    cancelTimer = null;
    const untilMs = clock.monotonicMs() - timeoutMs;
    const expired = waiting.filter(({ acceptedAtMs }) => acceptedAtMs <= untilMs);
    waiting = waiting.filter(({ acceptedAtMs }) => acceptedAtMs > untilMs);
    for (const { raw } of expired) resetConnection(raw);
    watch();
  }

  return {
    count: () => waiting.length,
    add(connection) {
      waiting.push(connection);
      watch();
    },
    addFirst(connection) {
      waiting.unshift(connection);
      watch();
    },
    go(canGo, settle) {
      let at = 0;
      while (at < waiting.length && canGo()) {
        if (!settle(waiting[at]!)) at += 1;
        else if (at === 0) waiting.shift();
        else waiting.splice(at, 1);
      }
      watch();
    },
    expire(isOn) {
      isExpiring = isOn;
      watch();
    },
    resetAll() {
      for (const { raw } of waiting) resetConnection(raw);
      waiting = [];
      watch();
    },
  };
}

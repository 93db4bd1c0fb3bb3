// A clock that stands still until a test moves it.
import type { Cancel, Clock } from '../src/platform/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on and fires what is due, in order; also what these timers set within that time. */
  advance(ms: number): void;
  /** How many timers wait. */
  readonly armed: number;
}

export function createManualClock(startMs = 1_000_000): ManualClock {
  let nowMs = startMs;
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  return {
    monotonicMs: () => nowMs,
    epochMs: () => nowMs,
    setTimer(delayMs, fire): Cancel {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const due = [...timers].filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        timers.delete(due);
        nowMs = due.atMs;
        due.fire();
      }
      nowMs = endMs;
    },
    get armed() {
      return timers.size;
    },
  };
}

// The one timer of each instance, on the injected clock. What it does when it elapses is to put a fact in the mailbox.
import type { Cancel, Clock } from '../platform/clock.ts';
import type { Ms } from '../model/units.ts';

export interface Timers {
  /** Arms the timer of an instance, in place of the one it may have. */
  arm(key: number, delayMs: Ms, fire: () => void): void;
  disarm(key: number): void;
}

export function createTimers(clock: Clock): Timers {
  const armed = new Map<number, Cancel>();

  function disarm(key: number): void {
    armed.get(key)?.();
    armed.delete(key);
  }

  return {
    arm(key, delayMs, fire) {
      disarm(key);
      armed.set(
        key,
        clock.setTimer(delayMs, () => {
          armed.delete(key);
          fire();
        }),
      );
    },
    disarm,
  };
}

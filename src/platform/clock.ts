// Time as the rest of the program sees it: a value that is passed in, so that tests can bring their own.
import type { Ms } from '../model/units.ts';

/** Takes a timer back. Harmless when it has fired or was taken back before. */
export type Cancel = () => void;

/** Everything that may be asked of time. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back, whatever happens to the date. */
  monotonicMs(): Ms;
  /** Milliseconds since 1970, for people and files. */
  epochMs(): number;
  /** Calls `fire` once, never before `delayMs` milliseconds have passed and never before this call has returned. */
  setTimer(delayMs: Ms, fire: () => void): Cancel;
}

/** Resolves after so much time of that clock. */
export function pause(clock: Pick<Clock, 'setTimer'>, delayMs: Ms): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(delayMs, resolve));
}

/** Longest delay of setTimeout; Node makes 1 ms of anything above it (Node: timers, "setTimeout"). */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  monotonicMs,
  epochMs: () => Date.now(),
  setTimer,
};

/** The same, but of no time it makes none: setTimeout makes 1 ms of it (Node: timers, "setTimeout"), in which a crashed app would be down for nothing. */
export const promptClock: Clock = {
  ...systemClock,
  setTimer: (delayMs, fire) => (delayMs > 0 ? setTimer(delayMs, fire) : setSoon(fire)),
};

/** The clock of `performance.now`, which would load the eight modules of perf_hooks: 0.1 to 0.3 MB in each manager's process. */
function monotonicMs(): Ms {
  return Number(process.hrtime.bigint()) / 1e6;
}

function setTimer(delayMs: Ms, fire: () => void): Cancel {
  const endMs = monotonicMs() + delayMs;
  let timeout: NodeJS.Timeout;
  const wait = (leftMs: Ms): void => {
    timeout = setTimeout(
      () => {
        // setTimeout counts whole milliseconds of the loop's own time and may be early by a fraction of one.
        const stillMs = endMs - monotonicMs();
        if (stillMs > 0) wait(stillMs);
        else fire();
      },
      Math.min(Math.ceil(leftMs), MAX_TIMEOUT_MS),
    );
  };
  wait(Math.max(delayMs, 0));
  return () => clearTimeout(timeout);
}

function setSoon(fire: () => void): Cancel {
  const soon = setImmediate(fire);
  return () => clearImmediate(soon);
}

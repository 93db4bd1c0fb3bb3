// One look at an instance: what it takes, and what comes of it. The kinds of looks are beside this file.
import type { Ms } from '../model/units.ts';
import { printDuration } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';

/** `text` is for people: `200 OK`, `503 Service Unavailable`, `no answer within 2 s`. */
export interface LookResult {
  readonly ok: boolean;
  readonly text: string;
}

/** The end of one look: the first of its answer, its time-out and its cancellation. */
export interface Ending {
  /** The result; without effect when it has ended already. */
  end(result: LookResult): void;
  /** Ends it without a result. */
  cancel: Cancel;
}

export interface EndingOptions {
  readonly clock: Clock;
  readonly timeoutMs: Ms;
  /** Gives back what the look holds; called once, before `done`. */
  readonly tidy: () => void;
  readonly done: (result: LookResult) => void;
}

/** Starts the time of a look. */
export function createEnding({ clock, timeoutMs, tidy, done }: EndingOptions): Ending {
  let isOver = false;
  const stopClock = clock.setTimer(timeoutMs, () => end({ ok: false, text: `no answer within ${printDuration(timeoutMs)}` }));

  function close(): boolean {
    if (isOver) return false;
    isOver = true;
    stopClock();
    tidy();
    return true;
  }

  function end(result: LookResult): void {
    if (close()) done(result);
  }

  return { end, cancel: () => void close() };
}

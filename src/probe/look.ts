// One look at an instance: what it gets, what comes of it, and that it ends once and in time. The kinds of looks are beside this file.
import { printDuration } from '../model/units.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { LookTarget } from './target.ts';

/** `text` is for people: `200 OK`, `503 Service Unavailable`, `no answer within 2 s`. */
export interface LookResult {
  readonly ok: boolean;
  readonly text: string;
}

export interface Look {
  readonly target: LookTarget;
  readonly timeoutMs: Ms;
  readonly clock: Clock;
  /** Called once, unless cancelled; perhaps before the look has returned. */
  readonly done: (result: LookResult) => void;
}

/** The end of a look: its result, its time-out or its cancellation, whichever comes first. */
export interface Ending {
  /** Without effect when it has ended already. */
  end(result: LookResult): void;
  fail(text: string): void;
  /** Ends it without a result. */
  readonly cancel: Cancel;
}

/** Starts the time of a look. `tidy` gives back what the look holds; called once, before anybody hears of the result. */
export function createEnding({ clock, timeoutMs, done }: Look, tidy: () => void): Ending {
  let isOver = false;
  const late = (): void => fail(`no answer within ${printDuration(timeoutMs)}`);
  // A process that stood still finds its timers before the answers that have come meanwhile: these are read first.
  let stopClock = clock.setTimer(timeoutMs, () => (stopClock = clock.setTimer(0, late)));

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

  function fail(text: string): void {
    end({ ok: false, text });
  }

  return { end, fail, cancel: () => void close() };
}

// What apps say over Node's message channel, for those who hear it. Nothing is kept: what nobody hears, or what is too much, is gone.
import { createAllowance } from '../model/allowance.ts';
import { MAX_MESSAGE_CHARS } from '../model/self-report.ts';
import type { AppMessage } from '../model/self-report.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ears } from './world.ts';

/** In a second, of all apps of this host. Those with a preload stay far below by themselves. */
const LIMITS = { count: 1000, chars: 4 * MAX_MESSAGE_CHARS };

export interface EarsOptions {
  readonly clock: Clock;
  /** `dropped` counts those that were left out since the last time. */
  readonly deliver: (messages: readonly AppMessage[], dropped: number) => void;
}

/** Closed at first. */
export function createEars({ clock, deliver }: EarsOptions): Ears & { open(isOpen: boolean): void } {
  const allowance = createAllowance(LIMITS);
  let isOpen = false;
  let dropped = 0;

  function pass(messages: readonly AppMessage[]): void {
    const count = dropped;
    dropped = 0;
    deliver(messages, count);
  }

  return {
    open(on) {
      isOpen = on;
      dropped = 0;
    },
    isOpen: () => isOpen,
    said({ app, slot, id }, message) {
      if (!isOpen) return;
      const { length } = JSON.stringify(message);
      if (length > MAX_MESSAGE_CHARS || !allowance.take(clock.monotonicMs(), length)) dropped += 1;
      else pass([{ at: clock.epochMs(), app, slot, id, message }]);
    },
    missed(count) {
      if (!isOpen) return;
      dropped += count;
      pass([]);
    },
  };
}

/** Where nobody can ask: nobody hears. */
export const NO_EARS: Ears = { isOpen: () => false, said: () => {}, missed: () => {} };

// Brings the daemon back when it vanished without a goodbye. Several hosts may try: the daemon's own lock lets exactly one through.
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';

const FIRST_DELAY_MS: Ms = 20;
const LONGEST_DELAY_MS: Ms = 10_000;

export interface DaemonWatch {
  /** A daemon has dialled in. */
  arrived(): void;
  vanished(): void;
  /** The daemon said goodbye, or this host is about to leave: nobody is to be brought back. */
  rest(): void;
}

/** `launch` starts a daemon and may fail; it is tried again at growing intervals until one dials in. `random` in [0, 1) keeps several hosts apart. */
export function createDaemonWatch({
  clock,
  random,
  launch,
}: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly launch: () => Promise<void>;
}): DaemonWatch {
  let next: Cancel | null = null;

  function rest(): void {
    next?.();
    next = null;
  }

  function tryIn(delayMs: Ms): void {
    next = clock.setTimer(delayMs * (1 + random()), () => {
      // The next try stands before this one is known to have failed: whoever arrives cancels it.
      tryIn(Math.min(delayMs * 4, LONGEST_DELAY_MS));
      launch().catch(() => {}); // daemon.log says why; the next try follows.
    });
  }

  return {
    arrived: rest,
    vanished() {
      rest();
      tryIn(FIRST_DELAY_MS);
    },
    rest,
  };
}

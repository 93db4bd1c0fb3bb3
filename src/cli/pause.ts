// Waiting by the clock of the command line.
import type { Ms } from '../model/units.ts';
import type { Clock } from './context.ts';

/** Resolves after the delay, or as soon as one of the signals is aborted. */
export function pause(clock: Clock, delayMs: Ms, ...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(delayMs, end);
    for (const signal of signals) signal.addEventListener('abort', end);
    if (signals.some(({ aborted }) => aborted)) end();
  });
}

// Waiting by the clock of the command line.
import type { Ms } from '../model/units.ts';
import type { Clock } from './context.ts';

/** Resolves after the delay, or as soon as the signal is aborted. */
export function pause({ clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal }, delayMs: Ms): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(delayMs, end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

// Gives memory back to the system when a process comes to rest. It does nothing while there is something to do, and nothing again until there was.
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from './clock.ts';

/** How long nothing must have happened: longer than a start and its answers take. */
const QUIET_MS: Ms = 5000;

export interface Rest {
  /** Something happens now. Costs a timer. */
  stir(): void;
}

/** Calls `tidy` once after each time of activity. */
export function createRest({ clock, tidy }: { readonly clock: Clock; readonly tidy: () => void }): Rest {
  let cancel: Cancel | null = null;
  return {
    stir() {
      cancel?.();
      cancel = clock.setTimer(QUIET_MS, tidy);
    },
  };
}

/**
 * Collects all garbage and gives up the pages that held it: 2 MB of 13 with Node 26, in 10 to 50 ms. V8 collects a heap as small as ours by itself
 * only after it has grown for a long time, and keeps the pages of its young generation until then. Does nothing without `--expose-gc`.
 */
export function giveMemoryBack(): void {
  // Anything less than the last resort keeps the pages (V8: src/extensions/gc-extension.cc, "flavor"; Node 20 takes it for a plain collection).
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

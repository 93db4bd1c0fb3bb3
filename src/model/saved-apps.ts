// What is found in a file of saved apps: those that can be brought back, and what is to be said of the others.
import type { DumpedApp } from './dumped-app.ts';

/** See the first line of this file. All texts are whole sentences. */
export interface SavedApps {
  readonly apps: readonly DumpedApp[];
  readonly warnings: readonly string[];
  /** Apps that cannot be brought back, and why. */
  readonly leftOut: readonly string[];
  /** Whether PM2 wrote it. */
  readonly isPm2: boolean;
}

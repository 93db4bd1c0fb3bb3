// Builds the product once before the end-to-end tests, so that they never run against an older dist/.
import { execFileSync } from 'node:child_process';

/** Called by vitest in its main process, before the first worker starts. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

// What the tests of `holdfast run` share: what it printed, apart by who said it, and the certainty that it leaves nothing behind.
import fs from 'node:fs';
import type { Running } from './run.ts';
import type { Site } from './site.ts';
import { waitFor } from './wait.ts';

/** `HH:mm:ss Holdfast | `, and nothing of what follows. */
const MANAGER = /^\d\d:\d\d:\d\d Holdfast \| /;

/** The lines of a text; the last one may be unfinished. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** What the manager said, without the time, and with N for each pid. */
export function byManager(stderr: string): string[] {
  return linesOf(stderr)
    .filter((line) => MANAGER.test(line))
    .map((line) => line.replace(MANAGER, '').replaceAll(/pid \d+/g, 'pid N'));
}

/** The other lines. */
export function byApps(text: string): string[] {
  return linesOf(text).filter((line) => !MANAGER.test(line));
}

/** Waits until the manager has said it `times` times. */
export async function told(running: Pick<Running, 'stderr'>, text: string, times = 1): Promise<void> {
  const count = (): number => byManager(running.stderr()).filter((line) => line.includes(text)).length;
  await waitFor(`"${text}" to be told`, () => count() >= times, { timeoutMs: 30_000 });
}

/** No process has outlived it, and the home directory was not even made. */
export async function disposeForeground(site: Site): Promise<void> {
  const left = site.processes().map(({ pid, command }) => `${pid} ${command}`);
  const isTouched = fs.existsSync(site.home);
  await site.dispose('force');
  if (left.length > 0) throw new Error(`holdfast run has left processes: ${left.join(', ')}`);
  if (isTouched) throw new Error('holdfast run has made a home directory');
}

// What instances of test/fixtures/apps/numbered.cjs have written, and what of it is missing in their log.
import fs from 'node:fs';
import { expect } from 'vitest';
import type { Site } from './site.ts';

/** One instance and the log that it writes to, perhaps with others. */
export interface NumberedLog {
  readonly pid: number;
  readonly file: string;
}

/** 128 KiB: what a host reads in one turn, and what waits to be written with it (docs/adr/0009). */
const IN_HAND_BYTES = 128 * 1024;
/** Of a line of numbered.cjs. */
const LINE_BYTES = 29;

/** Those of an app that run now. */
export async function numberedLogsOf(site: Site, app: string): Promise<NumberedLog[]> {
  const instances = await site.instances(app);
  return instances.flatMap(({ pid, outPath }) => (pid === null || outPath === null ? [] : [{ pid, file: outPath }]));
}

/** How many lines of an instance that has ended are missing, gap by gap. Fails where one comes twice, or the last ones are not there. */
export function gapsIn({ pid, file }: NumberedLog): number[] {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const name = String(pid).padStart(8);
  const own = lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length + 1));
  const numbers = own.flatMap((line) => (/^(\d{9}) \1$/.test(line) ? [Number.parseInt(line, 10)] : []));
  const count = own.flatMap((line) => /^wrote (\d+)$/.exec(line)?.[1] ?? []).map(Number);
  expect([count.length, numbers.length > 0, numbers.at(-1)]).toEqual([1, true, count[0]! - 1]);
  const missing = numbers.map((number, index) => number - (index === 0 ? -1 : numbers[index - 1]!) - 1);
  expect(
    missing.every((lost) => lost >= 0),
    'no line comes twice',
  ).toBe(true);
  return missing.filter((lost) => lost > 0);
}

/** Expects every line once in the log of an instance, but for the chunk that each host which was killed had in hand. */
export function expectEveryLine(log: NumberedLog, killedHosts: number): void {
  const gaps = gapsIn(log);
  expect(gaps.length).toBeLessThanOrEqual(killedHosts);
  expect(Math.max(0, ...gaps) * LINE_BYTES).toBeLessThanOrEqual(IN_HAND_BYTES);
}

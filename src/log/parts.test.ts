// What belongs to a log: our names of what was put aside, those of pm2-logrotate and logrotate, and nothing else.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { partsOf, plainName } from './parts.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'hf-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** `writtenAt` in seconds. */
function make(name: string, writtenAt = 1000): void {
  writeFileSync(join(folder, name), 'x\n');
  utimesSync(join(folder, name), writtenAt, writtenAt);
}
const names = (of: string): string[] => partsOf(join(folder, of)).map(({ path }) => basename(path));

it('are in the order in which they ended, the present file last', () => {
  make('a.log', 1);
  make('a__2026-11-22_19-30-00-123Z.log');
  make('a__2026-11-21_19-30-00-123Z.log.gz', 9_999_999_999);
  expect(names('a.log')).toEqual(['a__2026-11-21_19-30-00-123Z.log.gz', 'a__2026-11-22_19-30-00-123Z.log', 'a.log']);
  const [first, second, present] = partsOf(join(folder, 'a.log'));
  expect(first).toMatchObject({ isCompressed: true, isPresent: false, endedAt: Date.UTC(2026, 10, 21, 19, 30, 0, 123) });
  expect(second).toMatchObject({ isCompressed: false, isPresent: false });
  expect(present).toMatchObject({ isPresent: true, bytes: 2, endedAt: 1000 });
  expect(plainName(first!)).toBe(join(folder, 'a__2026-11-21_19-30-00-123Z.log'));
});

it('are found under the names that pm2-logrotate and logrotate give', () => {
  make('a.log', 90);
  make('a__2026-11-22_00-00-00.log', 50);
  make('a__2026-11-21_00-00-00.log.gz', 40);
  make('a.log.1', 30);
  make('a.log.2.gz', 20);
  make('a.log-20261120', 10);
  expect(names('a.log')).toEqual([
    'a.log-20261120',
    'a.log.2.gz',
    'a.log.1',
    'a__2026-11-21_00-00-00.log.gz',
    'a__2026-11-22_00-00-00.log',
    'a.log',
  ]);
});

it('do not include other logs, half compressed ones, or one twice', () => {
  for (const name of ['a.log', 'ab.log', 'a-1.log', '.a.log.idx', 'a.log.bak', 'a__notes.log', 'a__2026-11-22_19-30-00-123Z.log.gz.tmp'])
    make(name);
  make('a__2026-11-23_19-30-00-123Z.log');
  make('a__2026-11-23_19-30-00-123Z.log.gz');
  expect(names('a.log')).toEqual(['a__2026-11-23_19-30-00-123Z.log', 'a.log']);
  expect(names('none.log')).toEqual([]);
  expect(partsOf(join(folder, 'no/such/a.log'))).toEqual([]);
});

it('are found for a file without .log in its name', () => {
  make('out');
  make('out__2026-11-22_19-30-00-123Z');
  expect(names('out')).toEqual(['out__2026-11-22_19-30-00-123Z', 'out']);
});

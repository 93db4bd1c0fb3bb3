// daemon.log becomes large.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createEventFile } from './event-file.ts';

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

it('puts daemon.log aside, keeps five of those, and loses no line on the way', async () => {
  const file = path.join(folder, 'daemon.log');
  const append = createEventFile({ file, clock: systemClock, maxBytes: 100 });
  const names = (): string[] =>
    fs
      .readdirSync(folder)
      .filter((name) => name.includes('__'))
      .sort();
  const seen = new Set<string>();
  let lines = 0;
  await vi.waitFor(
    () => {
      append(`line ${String(lines).padStart(6, '0')}\n`);
      lines += 1;
      for (const name of names()) seen.add(name);
      expect(seen.size).toBeGreaterThan(8);
    },
    { timeout: 10_000, interval: 1 },
  );
  await vi.waitFor(() => expect(names()).toHaveLength(5), { timeout: 10_000, interval: 2 });
  expect(names()).toEqual([...seen].sort().slice(-5));
  expect(fs.statSync(path.join(folder, names()[0]!)).mode & 0o777).toBe(0o600);
  append('last\n');
  const text = [...names(), 'daemon.log'].map((name) => fs.readFileSync(path.join(folder, name), 'utf8')).join('');
  const first = Number(text.slice('line '.length, text.indexOf('\n')));
  const expected = Array.from({ length: lines - first }, (_, n) => `line ${String(first + n).padStart(6, '0')}\n`);
  expect(text).toBe(`${expected.join('')}last\n`);
});

it('tells of a disk that refuses, as any append does', () => {
  fs.symlinkSync('/dev/full', path.join(folder, 'daemon.log'));
  expect(() => createEventFile({ file: path.join(folder, 'daemon.log'), clock: systemClock })('x\n')).toThrow(/ENOSPC/);
});

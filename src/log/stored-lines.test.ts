// The lines of a log that was put aside, compressed and written on: all of them, the last, those of a time; with and without an index. Real files.
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES } from './blocks.ts';
import { moveIndex, removeIndex } from './index-file.ts';
import { createTimeIndex } from './index-writer.ts';
import type { TimeIndex } from './index-writer.ts';
import { everyLine, linesMatching } from './line-filter.ts';
import { partsOf } from './parts.ts';
import { lastLines, linesForward, shareOf } from './stored-lines.ts';
import type { LineRequest, Log } from './stored-lines.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
let folder: string;
let path: string;
let file: number;
let index: TimeIndex;
let troubles: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.log');
  file = openSync(path, 'a');
  index = createTimeIndex(path);
  troubles = [];
});
afterEach(() => {
  closeSync(file);
  rmSync(folder, { recursive: true });
});

/** Appends as the host does. */
function write(text: string | Buffer, at: number): void {
  index.note(file, Buffer.byteLength(text), at);
  writeSync(file, typeof text === 'string' ? Buffer.from(text) : text);
}

/** Puts the log aside as the host does; returns where it is. */
function rotate(at: number, how: 'plain' | 'compressed'): string {
  const aside = join(folder, `a__${new Date(at).toISOString().replace('T', '_').replaceAll(/[:.]/g, '-')}.log`);
  renameSync(path, aside);
  moveIndex(path, aside);
  closeSync(file);
  file = openSync(path, 'a');
  if (how === 'plain') return aside;
  writeFileSync(`${aside}.gz`, gzipSync(readFileSync(aside)));
  rmSync(aside);
  return `${aside}.gz`;
}

function log(): Log {
  return { parts: partsOf(path), presentBytes: fstatSync(file).size, onTrouble: (of, reason) => void troubles.push(`${of}: ${reason}`) };
}
const wish = (differs: Partial<LineRequest> = {}): LineRequest => ({
  sinceMs: null,
  untilMs: null,
  filter: everyLine,
  share: shareOf(1),
  ...differs,
});

async function all(request: LineRequest = wish()): Promise<[number | null, string][]> {
  const lines: [number | null, string][] = [];
  for await (const batch of linesForward(log(), request)) for (const { at, bytes } of batch) lines.push([at, bytes.toString()]);
  return lines;
}
const texts = async (request?: LineRequest): Promise<string[]> => (await all(request)).map(([, text]) => text);
const last = async (count: number, request = wish()): Promise<string[]> =>
  (await lastLines(log(), request, count)).map(({ bytes }) => bytes.toString());

/** Ten lines a part, one a second: `0` to `9` compressed, to `19` put aside, to `29` present. */
function threeParts(): void {
  for (let n = 0; n < 30; n += 1) {
    if (n === 10) rotate(T0 + 9500, 'compressed');
    if (n === 20) rotate(T0 + 19_500, 'plain');
    write(`${n}\n`, T0 + 1000 * n);
  }
}
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

describe('a log in parts', () => {
  it('is read from its oldest line to its newest, each with its time', async () => {
    threeParts();
    expect(await all()).toEqual(numbers(0, 29).map((text, n) => [T0 + 1000 * n, text]));
  });

  it.each([1, 7, 10, 15, 25, 30, 99])('gives its last %s lines', async (count) => {
    threeParts();
    expect(await last(count)).toEqual(numbers(Math.max(0, 30 - count), 29));
  });

  it.each([
    [4000, null, 4, 29],
    [9999, null, 10, 29],
    [10_000, 20_000, 10, 20],
    [14_500, 14_999, 15, 14],
    [29_001, null, 30, 29],
    [null, 3000, 0, 3],
    [null, 9999, 0, 9],
  ] as const)('from %s to %s ms', async (since, until, first, final) => {
    threeParts();
    const request = wish({ sinceMs: since === null ? null : T0 + since, untilMs: until === null ? null : T0 + until });
    expect(await texts(request)).toEqual(numbers(first, final));
    expect(await last(99, request)).toEqual(numbers(first, final));
  });

  it('is searched in all parts, for all and for the last', async () => {
    threeParts();
    const request = wish({ filter: linesMatching(/5$/) });
    expect(await texts(request)).toEqual(['5', '15', '25']);
    expect(await last(2, request)).toEqual(['15', '25']);
    expect(await last(2, wish({ filter: linesMatching(/^1?5$/) }))).toEqual(['5', '15']);
  });

  it('does not open what is older than what is wanted', async () => {
    threeParts();
    const [oldest] = partsOf(path);
    writeFileSync(oldest!.path, 'no gzip');
    expect(await texts(wish({ sinceMs: T0 + 12_000 }))).toEqual(numbers(12, 29));
    expect(await last(12)).toEqual(numbers(18, 29));
    expect(troubles).toEqual([]);
    expect(await texts()).toEqual(numbers(10, 29));
    expect(troubles).toEqual([`${oldest!.path}: incorrect header check`]);
  });
});

describe('a part that is put aside or compressed after it was listed', () => {
  const listed = async (before: Log, read: 'all' | 'last'): Promise<string[]> => {
    if (read === 'last') return (await lastLines(before, wish(), 99)).map(({ bytes }) => bytes.toString());
    const found: string[] = [];
    for await (const batch of linesForward(before, wish())) found.push(...batch.map(({ bytes }) => bytes.toString()));
    return found;
  };

  it.each(['all', 'last'] as const)('is read where it is (%s)', async (read) => {
    threeParts();
    const before = log();
    const [, plain] = before.parts;
    writeFileSync(`${plain!.path}.gz`, gzipSync(readFileSync(plain!.path)));
    rmSync(plain!.path);
    rotate(T0 + 29_500, 'plain');
    write('new\n', T0 + 30_000);
    expect(await listed(before, read)).toEqual(numbers(0, 29));
    expect(troubles).toEqual([]);
  });
});

describe('a line', () => {
  it('may be longer than a block, unfinished, empty, and no text', async () => {
    const long = 'x'.repeat(10 * 2 ** 20);
    write(`a\n${long}\n\n`, T0);
    rotate(T0 + 1, 'compressed');
    write(Buffer.from([0xff, 0x00, 0x0a]), T0 + 300);
    write(`${long}y`, T0 + 600);
    const lines: Buffer[] = [];
    for await (const batch of linesForward(log(), wish())) lines.push(...batch.map(({ bytes }) => Buffer.from(bytes)));
    expect(lines.map(({ length }) => length)).toEqual([1, long.length, 0, 2, long.length + 1]);
    expect(lines[3]).toEqual(Buffer.from([0xff, 0x00]));
    expect((await last(5)).map(({ length }) => length)).toEqual([1, long.length, 0, 2, long.length + 1]);
  });

  it.each([1, 4, 100])('is whole wherever a block ends, where %s logs are read at once', async (logs) => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `${n} ${'x'.repeat(n % 100)}`);
    lines[10_000] = 'y'.repeat(3 * 2 ** 20);
    write(`${lines.join('\n')}\n`, T0);
    rotate(T0 + 1, 'compressed');
    write(`${lines.join('\n')}\n`, T0 + 300);
    const request = wish({ share: shareOf(logs) });
    expect(await texts(request)).toEqual([...lines, ...lines]);
    expect(await last(30_000, request)).toEqual([...lines.slice(-10_000), ...lines]);
  });

  it('that never ends comes in pieces, not into memory', async () => {
    write(Buffer.alloc(2 * MAX_LINE_BYTES, 'x'), T0);
    for (const lines of [await texts(), await last(9)]) {
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.join('').length).toBe(2 * MAX_LINE_BYTES);
    }
  });

  it('that begins within a record of the index has the time of the record before', async () => {
    write('begun', T0);
    write(' and ended\nnext\n', T0 + 5000);
    write('third\n', T0 + 9000);
    expect(await all()).toEqual([
      [T0, 'begun and ended'],
      [T0 + 5000, 'next'],
      [T0 + 9000, 'third'],
    ]);
    expect(await texts(wish({ sinceMs: T0 + 1000 }))).toEqual(['next', 'third']);
    expect(await texts(wish({ untilMs: T0 + 1000 }))).toEqual(['begun and ended']);
  });
});

describe('without an index', () => {
  it('the times that lines print are taken, also for the lines that follow them', async () => {
    const date = (n: number): string => new Date(T0 + 1000 * n).toISOString();
    writeSync(file, `${date(0)} a\n  at b\n${date(5)} c\n  at d\n`);
    expect(await all()).toEqual([
      [T0, `${date(0)} a`],
      [T0, '  at b'],
      [T0 + 5000, `${date(5)} c`],
      [T0 + 5000, '  at d'],
    ]);
    expect(await texts(wish({ sinceMs: T0 + 1000 }))).toEqual([`${date(5)} c`, '  at d']);
    expect(await all(wish({ filter: linesMatching(/ d/) }))).toEqual([[T0 + 5000, '  at d']]);
  });

  it('what prints none has no time, and is shown where its file may have what is wanted', async () => {
    threeParts();
    for (const part of partsOf(path)) removeIndex(part.path);
    expect((await all()).map(([at]) => at)).toEqual(Array.from({ length: 30 }, () => null));
    expect(await texts(wish({ sinceMs: T0 + 12_000 }))).toEqual(numbers(10, 29));
    expect(await texts(wish({ untilMs: T0 + 12_000 }))).toEqual(numbers(0, 19));
  });

  it('a log that was replaced is not given the times of the one before', async () => {
    write('old\n', T0);
    closeSync(file);
    writeFileSync(`${path}.new`, '2026-11-01T00:00:00.000Z new\n');
    renameSync(`${path}.new`, path);
    file = openSync(path, 'a');
    expect(await all()).toEqual([[Date.UTC(2026, 10, 1), '2026-11-01T00:00:00.000Z new']]);
  });

  it('a new index begins with the next line, and what was before it is older', async () => {
    write('1\n', T0);
    removeIndex(path);
    write('2\n', T0 + 5000);
    expect(await all()).toEqual([
      [null, '1'],
      [T0 + 5000, '2'],
    ]);
    expect(statSync(path).size).toBe(4);
  });
});

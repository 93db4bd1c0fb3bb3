// Log files that several instances share, and what becomes of those put aside; with real files, real time and a real gzip.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogRotation } from '../model/app-spec.ts';
import { systemClock } from '../platform/clock.ts';
import { asideName } from './aside-name.ts';
import { compressFiles } from './compress.ts';
import { createLogFiles } from './files.ts';
import type { FileWish, LogFiles } from './files.ts';
import { indexPath } from './index-file.ts';

const HOUR_MS = 3_600_000;
const NEVER: LogRotation = { maxBytes: null, everyMs: null, maxFiles: null, maxAgeMs: null, compress: false, totalMaxBytes: null };

let folder: string;
let path: string;
let told: string[];
let files: LogFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.log');
  told = [];
  files = createLogFiles({
    clock: systemClock,
    async compress(paths) {
      await compressFiles(paths, new AbortController().signal);
      return true;
    },
  });
});
afterEach(async () => {
  await files.settled();
  rmSync(folder, { recursive: true });
});

const until = (what: () => void): Promise<void> => vi.waitFor(what, { timeout: 15_000, interval: 5 });
const read = (of = path): string => readFileSync(of, 'utf8');
const names = (): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();
const line = (text: string): Buffer[] => [Buffer.from(`${text}\n`)];

function wish(rotation: Partial<LogRotation> = {}, changes: Partial<FileWish> = {}): FileWish {
  return {
    path,
    rotation: { ...NEVER, ...rotation },
    family: { files: [path], numbered: false },
    on: { trouble: (trouble) => told.push(trouble.kind), pressure: () => {} },
    ...changes,
  };
}

/** A file that was put aside so many hours ago. */
function putAside(hoursAgo: number, { suffix = '', of = 'a.log', text = 'x'.repeat(100) } = {}): string {
  const at = Date.now() - hoursAgo * HOUR_MS;
  const name = `${asideName(of, at)}${suffix}`;
  writeFileSync(join(folder, name), text);
  utimesSync(join(folder, name), at / 1000, at / 1000);
  return name;
}

/** Writes until the file is put aside once more. */
async function rotate(rotation: Partial<LogRotation>, changes: Partial<FileWish> = {}): Promise<void> {
  const file = files.open(wish({ maxBytes: 10, ...rotation }, changes));
  file.write(line('before it'));
  await until(() => expect(read(changes.path)).toBe('before it\n'));
  file.write(line('after it'));
  await until(() => expect(read(changes.path)).toBe('after it\n'));
  file.end();
}

describe('a log file', () => {
  it('has one writer for all who write to it, and is closed when the last of them has ended', async () => {
    const [one, two] = [files.open(wish()), files.open(wish())];
    one.write(line('1'));
    two.write(line('2'));
    one.end();
    two.write(line('3'));
    two.end();
    await files.settled();
    expect(read()).toBe('1\n2\n3\n');
  });

  it('is gone on with by who comes while it is being closed', async () => {
    const one = files.open(wish());
    one.write(line('1'));
    one.end();
    const two = files.open(wish());
    two.write(line('2'));
    two.end();
    await files.settled();
    expect(read()).toBe('1\n2\n');
  });

  it('is reopened with all others', async () => {
    const file = files.open(wish());
    file.write(line('1'));
    await until(() => expect(read()).toBe('1\n'));
    rmSync(path);
    files.reopen();
    await until(() => expect(existsSync(path)).toBe(true));
    file.end();
  });
});

describe('what was put aside', () => {
  it('is removed where there is too much of it, with its index', async () => {
    const [kept, gone] = [putAside(1), putAside(2)];
    writeFileSync(indexPath(join(folder, gone)), '');
    await rotate({ maxFiles: 2 });
    await until(() => expect(names()).toHaveLength(3));
    expect(names()).toContain(kept);
    await until(() => expect(existsSync(indexPath(join(folder, gone)))).toBe(false));
  });

  it('is removed where somebody died between compressing and removing it; the index stays, which is now about the compressed one', async () => {
    const source = putAside(1);
    writeFileSync(join(folder, `${source}.gz`), 'compressed');
    writeFileSync(indexPath(join(folder, source)), '');
    await rotate({ compress: true });
    await until(() => expect(names()).not.toContain(source));
    // After the one whose turn it is next.
    await until(() => expect(names().filter((name) => name.endsWith('.gz'))).toHaveLength(2));
    expect(existsSync(indexPath(join(folder, `${source}.gz`)))).toBe(true);
  });

  it('is removed when it is too old', async () => {
    putAside(49);
    const kept = putAside(47);
    await rotate({ maxAgeMs: 48 * HOUR_MS });
    await until(() => expect(names()).toEqual(['a.log', kept, expect.stringMatching(/^a__/)]));
  });

  it('of the other files of the app is removed too where all together take too much; present ones and those of other apps never', async () => {
    const old = putAside(9, { of: 'b-7.log' });
    const young = putAside(1, { of: 'b-7.log' });
    const foreign = putAside(99, { of: 'c.log' });
    writeFileSync(join(folder, 'b-7.log'), 'x'.repeat(100));
    path = join(folder, 'a-0.log');
    await rotate({ totalMaxBytes: 250 }, { path, family: { files: [join(folder, 'a.log'), join(folder, 'b.log')], numbered: true } });
    await until(() => expect(names()).not.toContain(old));
    expect(names()).toEqual(['a-0.log', expect.stringMatching(/^a-0__/), 'b-7.log', young, foreign]);
  });

  it('is compressed, when it is a moment old: the same bytes, the same times, the index where readers look for it', async () => {
    await rotate({ compress: true });
    const [plain] = names().filter((name) => name.includes('__'));
    await until(() => expect(names()).toEqual([`${plain}.gz`, 'a.log'].sort()));
    expect(gunzipSync(readFileSync(join(folder, `${plain}.gz`))).toString()).toBe('before it\n');
    expect(existsSync(indexPath(join(folder, `${plain}.gz`)))).toBe(true);
  });
});

describe('compressing', () => {
  const compress = (...of: string[]): Promise<void> =>
    compressFiles(
      of.map((name) => join(folder, name)),
      new AbortController().signal,
    );
  const unzipped = (name: string): string => gunzipSync(readFileSync(join(folder, `${name}.gz`))).toString('latin1');

  it('keeps every byte, of an empty file too', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 256)).toString('latin1');
    writeFileSync(join(folder, 'bytes'), bytes, 'latin1');
    writeFileSync(join(folder, 'empty'), '');
    await compress('bytes', 'empty');
    expect([unzipped('bytes') === bytes, unzipped('empty'), names()]).toEqual([true, '', ['bytes.gz', 'empty.gz']]);
  });

  it('leaves out what is gone, and what somebody else is at', async () => {
    writeFileSync(join(folder, 'taken'), 'x');
    writeFileSync(join(folder, 'taken.gz.tmp'), '');
    await compress('gone', 'taken');
    expect(names()).toEqual(['taken', 'taken.gz.tmp']);
  });

  it('that is broken off leaves the source, and no half', async () => {
    writeFileSync(join(folder, 'large'), Buffer.alloc(20_000_000, 'some text '));
    const stopped = new AbortController();
    const done = compressFiles([join(folder, 'large'), join(folder, 'never')], stopped.signal);
    await until(() => expect(names()).toContain('large.gz.tmp'));
    stopped.abort();
    await done;
    expect(names()).toEqual(['large']);
  });
});

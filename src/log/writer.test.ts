// A log file that is made, batched into, lost, full and found again; with real files and a clock of the test.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import type { ManualClock } from '../../test/manual-clock.ts';
import { createLogWriter } from './writer.ts';
import type { LogTrouble, LogWriter } from './writer.ts';

let folder: string;
let path: string;
let clock: ManualClock;
let troubles: LogTrouble[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.log');
  clock = createManualClock();
  troubles = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(file = path): LogWriter {
  return createLogWriter({ path: file, clock, onTrouble: (trouble) => troubles.push(trouble) });
}

const read = (): string => readFileSync(path, 'utf8');

describe('a log writer', () => {
  it('makes the file and its folders before anything is written', () => {
    path = join(folder, 'deep', 'er', 'a.log');
    const writer = open();
    clock.advance(0);
    expect(read()).toBe('');
    writer.end();
    expect(clock.armed).toBe(0);
  });

  it('appends, batches small pieces for a moment and writes large ones at once', () => {
    writeFileSync(path, 'before\n');
    const writer = open();
    clock.advance(0);
    writer.write(Buffer.from('a'));
    writer.write(Buffer.from('b'));
    expect(read()).toBe('before\n');
    clock.advance(0);
    expect(read()).toBe('before\nab');
    writer.write(Buffer.alloc(70_000, 'c'));
    expect(read().length).toBe('before\nab'.length + 70_000);
    writer.end();
  });

  it('writes more pieces than one call of the system takes', () => {
    const writer = open();
    for (let n = 0; n < 3000; n += 1) writer.write(Buffer.from(`${n}\n`));
    writer.end();
    expect(read()).toBe(Array.from({ length: 3000 }, (_, n) => `${n}\n`).join(''));
  });

  it('shares a file with others that append to it', () => {
    const writers = [open(), open()];
    for (let n = 0; n < 10; n += 1) {
      writers[n % 2]!.write(Buffer.from(`${n}\n`));
      writers[n % 2]!.flush();
    }
    for (const writer of writers) writer.end();
    expect(read()).toBe('0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n');
  });

  it('goes on in the new file after a rotation, and loses nothing that was batched', () => {
    const writer = open();
    writer.write(Buffer.from('old'));
    writer.flush();
    renameSync(path, `${path}.1`);
    writer.write(Buffer.from('er'));
    writer.reopen();
    writer.write(Buffer.from('new'));
    writer.end();
    expect([readFileSync(`${path}.1`, 'utf8'), read()]).toEqual(['older', 'new']);
  });

  it('holds no descriptor and no timer after its end, and takes nothing more', () => {
    const writer = open();
    writer.write(Buffer.from('x'));
    writer.end();
    writer.write(Buffer.from('late'));
    writer.end();
    clock.advance(10_000);
    expect([read(), clock.armed]).toEqual(['x', 0]);
  });
});

describe('trouble', () => {
  it('of a full disk is told once; what fits is kept and written later, what was lost is counted', () => {
    symlinkSync('/dev/full', path);
    const writer = open();
    writer.write(Buffer.from('kept\n'));
    writer.flush();
    for (let n = 0; n < 5; n += 1) {
      writer.write(Buffer.alloc(100_000, 'x'));
      clock.advance(1000);
    }
    expect(troubles).toEqual([{ kind: 'failed', file: path, reason: 'no space left on the device (ENOSPC)' }]);
    rmSync(path);
    clock.advance(1000);
    expect(troubles[1]).toEqual({ kind: 'recovered', file: path, droppedBytes: 300_000 });
    expect(read()).toBe(`kept\n${'x'.repeat(200_000)}`);
    writer.write(Buffer.from('\nafter\n'));
    writer.end();
    expect(read().endsWith('\nafter\n')).toBe(true);
    expect(troubles.length).toBe(2);
  });

  it('of a path that cannot be opened is told once and over when the path is there', () => {
    mkdirSync(path);
    const writer = open();
    clock.advance(0);
    writer.write(Buffer.from('patient'));
    clock.advance(5000);
    expect(troubles).toEqual([{ kind: 'failed', file: path, reason: 'it is a folder (EISDIR)' }]);
    rmSync(path, { recursive: true });
    clock.advance(1000);
    expect([read(), troubles[1]]).toEqual(['patient', { kind: 'recovered', file: path, droppedBytes: 0 }]);
    writer.end();
  });

  it('that lasts to the end counts what was kept as lost, and does not last longer', () => {
    symlinkSync('/dev/full', path);
    const writer = open();
    writer.write(Buffer.from('lost'));
    writer.end();
    expect([troubles.length, clock.armed]).toEqual([1, 0]);
  });

  it('with a reader that stands still never stops the writer: a pipe is filled, the rest is kept and then dropped', () => {
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = open();
    try {
      const letters = Array.from({ length: 26 }, (_, n) => Buffer.alloc(50_000, 97 + n));
      for (const letter of letters) writer.write(letter);
      expect(troubles).toEqual([{ kind: 'failed', file: path, reason: 'its reader is too slow' }]);
      const taken: Buffer[] = [];
      for (let idle = 0; idle < 3;) {
        const buffer = Buffer.alloc(65_536);
        const got = readAvailable(reader, buffer);
        idle = got === 0 ? idle + 1 : 0;
        taken.push(buffer.subarray(0, got));
        clock.advance(50);
      }
      const text = Buffer.concat(taken).toString();
      const written = Buffer.concat(letters).toString();
      expect(written.startsWith(text)).toBe(true);
      expect(troubles[1]).toEqual({ kind: 'recovered', file: path, droppedBytes: written.length - text.length });
    } finally {
      writer.end();
      closeSync(reader);
    }
  });

  it('of a pipe without a reader is told', () => {
    execFileSync('mkfifo', [path]);
    const writer = open();
    clock.advance(0);
    expect(troubles).toEqual([{ kind: 'failed', file: path, reason: 'nobody reads from it (ENXIO)' }]);
    writer.end();
  });

  function readAvailable(file: number, buffer: Buffer): number {
    try {
      return readSync(file, buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
});

it('makes files that others of the group may read and nobody else', () => {
  open().end();
  expect([(statSync(path).mode & 0o137).toString(8), readdirSync(folder)]).toEqual(['0', ['a.log']]);
});

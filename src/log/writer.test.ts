// A log file that is made, batched into, lost, full, put aside and found again; with real files and a clock of the test.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
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
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import type { ManualClock } from '../../test/manual-clock.ts';
import type { LogRotation } from '../model/app-spec.ts';
import { indexPath } from './index-file.ts';
import { createLogWriter } from './writer.ts';
import type { LogWriter } from './writer.ts';

const NEVER: LogRotation = { maxBytes: null, everyMs: null, maxFiles: null, maxAgeMs: null, compress: false, totalMaxBytes: null };
const LOOK_MS = 1000;
const STALL_MS = 1000;

let folder: string;
let path: string;
let clock: ManualClock;
/** What the writers have told, in words. */
let told: string[];
let writers: LogWriter[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.log');
  clock = createManualClock(Date.UTC(2026, 10, 22, 12));
  told = [];
  writers = [];
});
afterEach(async () => {
  told.length = 0;
  for (const writer of writers) writer.want(false);
  clock.advance(10_000);
  await vi.waitFor(() => {
    if (told.filter((one) => one === 'closed').length < writers.length) throw new Error('A writer did not close its file.');
  }, WITHIN);
  if (clock.armed > 0) throw new Error('A writer has left a timer.');
  rmSync(folder, { recursive: true });
});

const WITHIN = { timeout: 10_000, interval: 2 };
const until = (what: () => void): Promise<void> => vi.waitFor(what, WITHIN);
const read = (of = path): string => readFileSync(of, 'utf8');
const expectRead = (text: string): Promise<void> => until(() => expect(read()).toBe(text));
/** The files put aside, oldest first. */
const aside = (): string[] =>
  readdirSync(folder)
    .filter((name) => /^[^.].*__/.test(name))
    .sort();

function open(rotation: Partial<LogRotation> = {}, file = path): LogWriter {
  const writer = createLogWriter({
    path: file,
    clock,
    rotation: { ...NEVER, ...rotation },
    on: {
      trouble: (trouble) =>
        told.push(
          'lost' in trouble
            ? `${trouble.kind}, lost ${trouble.lost.lines} lines of ${trouble.lost.bytes} bytes`
            : `${trouble.kind}: ${trouble.reason}`,
        ),
      pressure: (isFull) => told.push(isFull ? 'full' : 'go on'),
      rotated: () => told.push('rotated'),
      closed: () => told.push('closed'),
    },
  });
  writers.push(writer);
  return writer;
}

/** Writes texts, each as a piece, and lets them be batched. */
function write(writer: LogWriter, ...texts: string[]): void {
  writer.write(texts.map((text) => Buffer.from(text)));
  clock.advance(0);
}

describe('a log writer', () => {
  it('makes the file and its folders before anything is written, for others of the group to read and nobody else', async () => {
    path = join(folder, 'deep', 'er', 'a.log');
    open();
    clock.advance(0);
    await expectRead('');
    expect((statSync(path).mode & 0o137).toString(8)).toBe('0');
  });

  it('appends, batches small pieces for a moment and writes large ones at once', async () => {
    writeFileSync(path, 'before\n');
    const writer = open();
    writer.write([Buffer.from('a')]);
    writer.write([Buffer.from('b')]);
    expect(read()).toBe('before\n');
    clock.advance(0);
    await expectRead('before\nab');
    writer.write([Buffer.alloc(70_000, 'c')]);
    await expectRead(`before\nab${'c'.repeat(70_000)}`);
  });

  it('writes more pieces than one call of the system takes, in their order', async () => {
    const writer = open();
    for (let n = 0; n < 3000; n += 1) writer.write([Buffer.from(`${n}\n`)]);
    clock.advance(0);
    await expectRead(Array.from({ length: 3000 }, (_, n) => `${n}\n`).join(''));
  });

  it('shares a file with others that append to it: whole lines, all of them', async () => {
    const both = [open(), open()];
    for (let n = 0; n < 2000; n += 1) both[n % 2]!.write([Buffer.from(`${n} `), Buffer.from('x'.repeat(100)), Buffer.from('\n')]);
    clock.advance(0);
    const expected = Array.from({ length: 2000 }, (_, n) => `${n} ${'x'.repeat(100)}`).sort();
    await until(() => expect(read().trimEnd().split('\n').sort()).toEqual(expected));
  });

  it('closes the file when nobody wants it, after what is left, and opens it for whoever wants it again', async () => {
    const writer = open();
    writer.write([Buffer.from('a')]);
    writer.want(false);
    await until(() => expect(told.at(-1)).toBe('closed'));
    expect(read()).toBe('a');
    writer.want(true);
    write(writer, 'b');
    await expectRead('ab');
  });

  it('goes on in the new file when it is told that the old one was renamed, and loses nothing of what was batched', async () => {
    const writer = open();
    write(writer, 'old');
    await expectRead('old');
    renameSync(path, `${path}.1`);
    write(writer, 'er');
    await until(() => expect(read(`${path}.1`)).toBe('older'));
    writer.write([Buffer.from('new')]);
    writer.reopen();
    await expectRead('new');
  });

  it.each([
    ['removed', () => rmSync(path)],
    ['renamed', () => renameSync(path, `${path}.1`)],
    ['replaced', () => (writeFileSync(`${path}.2`, ''), renameSync(`${path}.2`, path))],
  ])('sees by itself that its file was %s', async (_, act) => {
    const writer = open();
    write(writer, 'a\n');
    await expectRead('a\n');
    act();
    clock.advance(LOOK_MS);
    write(writer, 'b\n');
    await expectRead('b\n');
  });
});

describe('rotation', () => {
  it('puts the file aside before it passes its size, between lines, and every byte is in one of the files once', async () => {
    const writer = open({ maxBytes: 100 });
    const lines = Array.from({ length: 30 }, (_, n) => `line ${String(n).padStart(3, '0')} of some\n`);
    for (const line of lines) {
      write(writer, line);
      await until(() => expect(read().endsWith(line)).toBe(true));
    }
    const files = [...aside().map((name) => join(folder, name)), path];
    expect(files.map((file) => read(file)).join('')).toBe(lines.join(''));
    for (const file of files) expect(statSync(file).size).toBeLessThanOrEqual(100);
    expect(told.filter((one) => one === 'rotated')).toHaveLength(files.length - 1);
    // The clock stands still: no name is used twice.
    expect(aside()[0]).toBe('a__2026-11-22_12-00-00-000Z.log');
    expect(aside()[1]).toBe('a__2026-11-22_12-00-00-001Z.log');
  });

  it('takes the time index along', async () => {
    const writer = open({ maxBytes: 3 });
    write(writer, 'a\n');
    await expectRead('a\n');
    write(writer, 'b\n');
    await expectRead('b\n');
    const [old] = aside();
    expect([indexPath(join(folder, old!)), indexPath(path)].map((index) => statSync(index).size)).toEqual([24, 24]);
  });

  it('comes with the first line of a new period, and with the time of what is in the file already', async () => {
    writeFileSync(path, 'of yesterday\n');
    execFileSync('touch', ['-d', '2026-11-21T12:00:00Z', path]);
    const writer = open({ everyMs: 86_400_000 });
    write(writer, 'today\n');
    await expectRead('today\n');
    expect(read(join(folder, aside()[0]!))).toBe('of yesterday\n');
    clock.advance(86_400_000);
    expect(aside()).toHaveLength(1);
    write(writer, 'tomorrow\n');
    await expectRead('tomorrow\n');
    expect(aside()).toHaveLength(2);
  });

  it('of a file that two processes write is done by one, and the other goes on in the new file', async () => {
    const [one, two] = [open({ maxBytes: 20 }), open({ maxBytes: 20 })] as const;
    write(one, 'one 1\n');
    await expectRead('one 1\n');
    write(two, 'two 1\n');
    await expectRead('one 1\ntwo 1\n');
    clock.advance(LOOK_MS);
    write(one, 'one 2 long\n');
    await expectRead('one 2 long\n');
    write(two, 'two 2\n');
    await until(() => expect([aside().map((name) => read(join(folder, name))), read()].flat().join('')).toContain('two 2\n'));
    clock.advance(LOOK_MS);
    write(two, 'two 3\n');
    await until(() => expect(read()).toContain('two 3\n'));
    const all = [...aside().map((name) => read(join(folder, name))), read()].join('').trimEnd().split('\n').sort();
    expect(all).toEqual(['one 1', 'one 2 long', 'two 1', 'two 2', 'two 3']);
  });

  it('is not done to a file that somebody has emptied meanwhile', async () => {
    const writer = open({ maxBytes: 10 });
    write(writer, '12345678\n');
    await expectRead('12345678\n');
    truncateSync(path);
    write(writer, 'new\n');
    await expectRead('new\n');
    expect(aside()).toEqual([]);
  });

  it('overwrites nothing', async () => {
    writeFileSync(join(folder, 'a__2026-11-22_12-00-00-000Z.log'), 'of somebody else');
    const writer = open({ maxBytes: 2 });
    write(writer, 'a\n');
    await expectRead('a\n');
    write(writer, 'b\n');
    await expectRead('b\n');
    expect(aside().map((name) => read(join(folder, name)))).toEqual(['of somebody else', 'a\n']);
  });

  it('that cannot be done is told once, and the file grows on', async () => {
    mkdirSync(join(folder, 'locked'));
    path = join(folder, 'locked', `${'x'.repeat(245)}.log`);
    const writer = open({ maxBytes: 2 });
    for (const text of ['a\n', 'b\n', 'c\n']) {
      write(writer, text);
      await until(() => expect(read().endsWith(text)).toBe(true));
    }
    expect(read()).toBe('a\nb\nc\n');
    expect(told).toEqual(['not-rotated: the path is too long (ENAMETOOLONG)']);
  });

  it('leaves devices, pipes and links to them alone', async () => {
    symlinkSync('/dev/null', path);
    const writer = open({ maxBytes: 1 });
    for (let n = 0; n < 5; n += 1) {
      clock.advance(LOOK_MS);
      write(writer, 'gone\n');
    }
    writer.want(false);
    await until(() => expect(told).toContain('closed'));
    expect(readdirSync(folder)).toEqual(['a.log']);
  });
});

describe('trouble', () => {
  const lineOf = (bytes: number, letter = 'x'): string => `${letter.repeat(bytes - 1)}\n`;

  it('of a full disk is told once; what fits is kept and written later, what was lost is counted in lines', async () => {
    symlinkSync('/dev/full', path);
    const writer = open();
    write(writer, 'kept\n');
    await until(() => expect(told).toEqual(['failed: no space left on the device (ENOSPC)']));
    for (let n = 0; n < 5; n += 1) {
      write(writer, lineOf(100_000));
      clock.advance(1000);
    }
    expect(told).toHaveLength(1);
    rmSync(path);
    await until(() => {
      clock.advance(1000);
      expect(told.slice(1)).toEqual(['recovered, lost 3 lines of 300000 bytes']);
    });
    expect(read()).toBe(`kept\n${lineOf(100_000)}${lineOf(100_000)}`);
    write(writer, 'after\n');
    await until(() => expect(read().endsWith('\nafter\n')).toBe(true));
  });

  it('of a path that cannot be opened is told once and over when the path is there', async () => {
    mkdirSync(path);
    const writer = open();
    write(writer, 'patient');
    await until(() => expect(told).toEqual(['failed: it is a folder (EISDIR)']));
    clock.advance(5000);
    rmSync(path, { recursive: true });
    await until(() => {
      clock.advance(1000);
      expect(told[1]).toBe('recovered, lost 0 lines of 0 bytes');
    });
    expect(read()).toBe('patient');
  });

  it('that lasts to the end is given up, with what was kept counted as lost', async () => {
    symlinkSync('/dev/full', path);
    const writer = open();
    write(writer, 'one\n', 'two\n');
    await until(() => expect(told).toHaveLength(1));
    writer.want(false);
    await until(() => expect(told.slice(1)).toEqual(['given-up, lost 2 lines of 8 bytes', 'closed']));
    writer.want(true);
    rmSync(path);
  });

  it('of a pipe without a reader is told', async () => {
    execFileSync('mkfifo', [path]);
    open();
    clock.advance(0);
    await until(() => expect(told).toEqual(['failed: nobody reads from it (ENXIO)']));
  });

  describe('with a reader', () => {
    let reader: number;
    beforeEach(() => {
      execFileSync('mkfifo', [path]);
      reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    });
    afterEach(() => closeSync(reader));

    /** What is in the pipe now. */
    function drain(): string {
      const buffer = Buffer.alloc(65_536);
      try {
        return buffer.toString('latin1', 0, readSync(reader, buffer));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return '';
        throw error;
      }
    }

    it('that is slow holds its sources back, and gets everything', async () => {
      const writer = open();
      const lines = Array.from({ length: 12 }, (_, n) => lineOf(50_000, String.fromCodePoint(97 + n)));
      for (const line of lines) write(writer, line);
      await until(() => expect(told).toEqual(['full']));
      let got = '';
      await until(() => {
        got += drain();
        clock.advance(20);
        expect(got.length).toBe(600_000);
      });
      expect(got === lines.join('')).toBe(true);
      expect(told).toEqual(['full', 'go on']);
    });

    it('that stands still holds nobody back for longer than a second: then lines are dropped, and counted', async () => {
      const writer = open();
      for (let n = 0; n < 8; n += 1) write(writer, lineOf(50_000));
      await until(() => expect(told).toEqual(['full']));
      await until(() => {
        clock.advance(STALL_MS / 10);
        expect(told).toEqual(['full', 'go on', 'failed: its reader is too slow']);
      });
      for (let n = 0; n < 20; n += 1) write(writer, lineOf(50_000));
      let got = '';
      await until(() => {
        got += drain();
        clock.advance(20);
        expect(told).toHaveLength(4);
      });
      const [, lines, bytes] = /^recovered, lost (\d+) lines of (\d+) bytes$/.exec(told[3]!)!;
      expect([got.length + Number(bytes), got.length / 50_000 + Number(lines)]).toEqual([28 * 50_000, 28]);
    });
  });
});

it('is found by its name again when its folder was removed and made anew', async () => {
  path = join(folder, 'sub', 'a.log');
  const writer = open();
  write(writer, 'a\n');
  await expectRead('a\n');
  rmSync(join(folder, 'sub'), { recursive: true });
  clock.advance(LOOK_MS);
  write(writer, 'b\n');
  await expectRead('b\n');
  chmodSync(path, 0o600);
  appendFileSync(path, 'by hand\n');
  write(writer, 'c\n');
  await expectRead('b\nby hand\nc\n');
});

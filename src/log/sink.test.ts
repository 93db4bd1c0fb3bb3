// One instance's output: every byte in its files, its lines in the ring; with a real child at the end.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { launchChild } from '../platform/child.ts';
import { systemClock } from '../platform/clock.ts';
import { compileDateFormat } from '../model/date-format.ts';
import { createRing } from './ring.ts';
import type { Ring } from './ring.ts';
import { createSink } from './sink.ts';
import type { SinkOptions } from './sink.ts';

let folder: string;
let options: SinkOptions & { readonly ring: Ring };
const clock = createManualClock(1_700_000_000_000);
const fileOf = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(fileOf(name), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  const onTrouble = (trouble: unknown): never => {
    throw new Error(JSON.stringify(trouble));
  };
  options = {
    clock,
    outFile: fileOf('out.log'),
    errorFile: fileOf('err.log'),
    dateFormat: null,
    ring: createRing(),
    subject: { app: 'web', slot: 0, id: 4 },
    onTrouble,
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a sink', () => {
  it('writes each stream to its file as it came, and both to the ring', () => {
    const sink = createSink(options);
    sink.write('out', Buffer.from('a\nunfin'));
    sink.write('err', Buffer.from([0xff, 0x0a]));
    sink.end();
    expect(read('out.log')).toBe('a\nunfin');
    expect(readFileSync(fileOf('err.log'))).toEqual(Buffer.from([0xff, 0x0a]));
    expect(options.ring.tail({ slots: [0], lines: 9 }).map(({ stream, text, id }) => [stream, text, id])).toEqual([
      ['out', 'a', 4],
      ['err', '\ufffd', 4],
      ['out', 'unfin', 4],
    ]);
  });

  it('puts the date before each line of the files, not of the ring, and ends a last unfinished line', () => {
    const sink = createSink({ ...options, dateFormat: 'YYYY-MM-DD HH:mm:ss' });
    const date = compileDateFormat('YYYY-MM-DD HH:mm:ss');
    const first = date(clock.epochMs());
    sink.write('out', Buffer.from('one\ntw'));
    clock.advance(1000);
    sink.write('out', Buffer.from('o\nthree'));
    sink.end();
    expect(read('out.log')).toBe(`${first}: one\n${first}: two\n${date(clock.epochMs())}: three\n`);
    expect(options.ring.tail({ slots: [0], lines: 9 }).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });

  it('keeps the order of both streams when they share a file', () => {
    const sink = createSink({ ...options, errorFile: options.outFile });
    for (let n = 0; n < 50; n += 1) sink.write(n % 2 === 0 ? 'out' : 'err', Buffer.from(`${n}\n`));
    sink.flush();
    expect(read('out.log')).toBe(Array.from({ length: 50 }, (_, n) => `${n}\n`).join(''));
    sink.end();
  });

  it('stores nothing where there is no file, and still feeds the ring', () => {
    const sink = createSink({ ...options, outFile: null, errorFile: null });
    sink.write('out', Buffer.from('seen\n'));
    sink.reopen();
    sink.end();
    expect(options.ring.tail({ slots: [0], lines: 1 })[0]!.text).toBe('seen');
  });

  it.each([null, '[x]'])('brings every byte of a flood from a real child to the disk (date format %s)', async (dateFormat) => {
    const sink = createSink({ ...options, clock: systemClock, dateFormat });
    const line = `${'y'.repeat(99)}\n`;
    const code = `for (let n = 0; n < 100; n += 1) process.stdout.write(${JSON.stringify(line)}.repeat(2000))`;
    await new Promise<void>((resolve, reject) => {
      launchChild(
        { file: process.execPath, args: ['-e', code], cwd: folder, env: process.env as Record<string, string> },
        {
          output: (stream, chunk) => sink.write(stream, chunk),
          outputEnded: resolve,
          launchFailed: (reason) => reject(new Error(reason)),
          launched: () => undefined,
          internal: () => undefined,
          message: () => undefined,
          exited: () => undefined,
        },
      );
    });
    sink.end();
    expect(read('out.log') === ((dateFormat === null ? '' : 'x: ') + line).repeat(200_000)).toBe(true);
  });
});

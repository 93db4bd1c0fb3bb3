// One instance's output: every byte in its files, in the form that was asked for, its lines in the ring; with a real child at the end.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { launchChild } from '../platform/child.ts';
import type { Child } from '../platform/child.ts';
import { systemClock } from '../platform/clock.ts';
import { createLogFiles } from './files.ts';
import { compileDateFormat } from '../model/date-format.ts';
import { createRing } from './ring.ts';
import type { Ring } from './ring.ts';
import { createSink } from './sink.ts';
import type { Sink, SinkOptions } from './sink.ts';

const AT = Date.UTC(2026, 10, 22, 12);
const NEVER = { maxBytes: null, everyMs: null, maxFiles: null, maxAgeMs: null, compress: false, totalMaxBytes: null };
const RAW = { dateFormat: null, json: false };

let folder: string;
let options: SinkOptions & { readonly ring: Ring };
const clock = createManualClock(AT);
const fileOf = (name: string): string => join(folder, name);
const bytesOf = (name: string): Buffer => readFileSync(fileOf(name));
const read = (name: string): string => bytesOf(name).toString('utf8');

function filesBy(by: SinkOptions['clock']): SinkOptions['files'] {
  return createLogFiles({ clock: by, compress: () => Promise.resolve(true) });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  options = {
    clock,
    files: filesBy(clock),
    paths: { out: fileOf('out.log'), err: fileOf('err.log'), combined: null },
    form: RAW,
    rotation: NEVER,
    family: { files: [fileOf('out.log')], numbered: false },
    ring: createRing(),
    subject: { app: 'web', slot: 0, id: 4 },
    onTrouble(trouble) {
      throw new Error(JSON.stringify(trouble));
    },
    onPressure: () => {},
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(changes: Partial<SinkOptions> = {}): Sink {
  return createSink({ ...options, ...changes });
}

/** Ends them and waits until all is on the disk. */
async function end(...sinks: readonly Sink[]): Promise<void> {
  for (const sink of sinks) sink.end();
  await options.files.settled();
}

const ringLines = (): unknown[] => options.ring.tail({ slots: [0], lines: 99 }).map(({ stream, text }) => [stream, text]);

describe('a sink', () => {
  it('writes each stream to its file as it came, and both to the ring', async () => {
    const sink = open();
    sink.write('out', Buffer.from('a\nunfin'));
    sink.write('err', Buffer.from([0xff, 0x0a]));
    await end(sink);
    expect(read('out.log')).toBe('a\nunfin');
    expect(bytesOf('err.log')).toEqual(Buffer.from([0xff, 0x0a]));
    expect(ringLines()).toEqual([
      ['out', 'a'],
      ['err', '\uFFFD'],
      ['out', 'unfin'],
    ]);
  });

  it.each([
    ['binary', Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 7919) % 256))],
    ['a line of 10 MB', Buffer.from(`${'long'.repeat(2_500_000)}\n`)],
    ['UTF-8 that is none', Buffer.from([0x61, 0xc3, 0x0a, 0xe2, 0x82, 0x0a, 0xff, 0xfe, 0x00])],
    ['nothing but line ends', Buffer.from('\r\n\n\n\r\r\n')],
  ])('keeps every byte of %s, wherever it is split', async (_, bytes) => {
    for (const size of [bytes.length, 4096, 7].filter((piece) => bytes.length / piece < 20_000)) {
      const sink = open();
      for (let at = 0; at < bytes.length; at += size) sink.write('out', bytes.subarray(at, at + size));
      await end(sink);
      expect(bytesOf('out.log').equals(bytes)).toBe(true);
      rmSync(fileOf('out.log'));
    }
  });

  it('puts the date before each line of the files, not of the ring, and ends a last unfinished line', async () => {
    const dateFormat = 'YYYY-MM-DD HH:mm:ss';
    const date = compileDateFormat(dateFormat);
    const sink = open({ form: { dateFormat, json: false } });
    const first = date(clock.epochMs());
    sink.write('out', Buffer.from('one\ntw'));
    clock.advance(1000);
    sink.write('out', Buffer.from('o\nthree'));
    await end(sink);
    expect(read('out.log')).toBe(`${first}: one\n${first}: two\n${date(clock.epochMs())}: three\n`);
    expect(ringLines()).toEqual([
      ['out', 'one'],
      ['out', 'two'],
      ['out', 'three'],
    ]);
  });

  it('keeps the order of both streams when they share a file', async () => {
    const sink = open({ paths: { out: fileOf('out.log'), err: fileOf('out.log'), combined: null } });
    for (let n = 0; n < 50; n += 1) sink.write(n % 2 === 0 ? 'out' : 'err', Buffer.from(`${n}\n`));
    await end(sink);
    expect(read('out.log')).toBe(Array.from({ length: 50 }, (_, n) => `${n}\n`).join(''));
  });

  it('writes both streams to the combined file besides, in whole lines', async () => {
    const sink = open({ paths: { out: fileOf('out.log'), err: null, combined: fileOf('all.log') } });
    sink.write('out', Buffer.from('begin'));
    sink.write('err', Buffer.from('trouble\n'));
    sink.write('out', Buffer.from('ning\nmore'));
    await end(sink);
    expect([read('out.log'), read('all.log')]).toEqual(['beginning\nmore', 'trouble\nbeginning\nmore']);
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.log'))
        .sort(),
    ).toEqual(['all.log', 'out.log']);
  });

  it('shares a file with other instances of its app, in whole lines', async () => {
    const sinks = [0, 1].map((slot) => open({ subject: { app: 'web', slot, id: slot } }));
    for (let n = 0; n < 100; n += 1)
      for (const [slot, sink] of sinks.entries()) sink.write('out', Buffer.from(n % 2 === 0 ? `${slot} be` : 'gin\n'));
    await end(...sinks);
    expect(read('out.log').split('\n').sort().slice(1)).toEqual([
      ...Array<string>(50).fill('0 begin'),
      ...Array<string>(50).fill('1 begin'),
    ]);
  });

  it('shows the beginning of a line that takes its time after a second', async () => {
    const files = filesBy(systemClock);
    const sink = open({ clock: systemClock, files });
    sink.write('out', Buffer.from('password: '));
    await expect.poll(() => read('out.log'), { timeout: 10_000 }).toBe('password: ');
    sink.end();
    await files.settled();
  });

  it('stores nothing where there is no file, and still feeds the ring', async () => {
    const sink = open({ paths: { out: null, err: null, combined: null } });
    sink.write('out', Buffer.from('seen\n'));
    await end(sink);
    expect([ringLines(), readdirSync(folder)]).toEqual([[['out', 'seen']], []]);
  });
});

describe("log_type: json, in PM2's shape", () => {
  const json = { dateFormat: null, json: true };
  const objects = (name: string): unknown[] =>
    read(name)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('has an object for each line, whose message ends as the line did', async () => {
    const sink = open({ form: json });
    sink.write('out', Buffer.from('one "1"\ntw'));
    clock.advance(1500);
    sink.write('out', Buffer.from('o\n'));
    sink.write('err', Buffer.from('unfinished'));
    await end(sink);
    const of = { process_id: 4, app_name: 'web' };
    expect(objects('out.log')).toEqual([
      { message: 'one "1"\n', timestamp: new Date(clock.epochMs() - 1500).toISOString(), type: 'out', ...of },
      { message: 'two\n', timestamp: new Date(clock.epochMs()).toISOString(), type: 'out', ...of },
    ]);
    expect(objects('err.log')).toMatchObject([{ message: 'unfinished', type: 'err' }]);
  });

  it('has the time in the format that was asked for', async () => {
    const sink = open({ form: { dateFormat: '[at] YYYY', json: true } });
    sink.write('out', Buffer.from('x\n'));
    await end(sink);
    expect(objects('out.log')).toMatchObject([{ timestamp: 'at 2026' }]);
  });

  it('has a very long line in pieces, of which the last one ends', async () => {
    const sink = open({ form: json });
    sink.write('out', Buffer.from(`${'é'.repeat(100_000)}\n`));
    await end(sink);
    const messages = (objects('out.log') as { message: string }[]).map(({ message }) => message);
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.join('') === `${'é'.repeat(100_000)}\n`).toBe(true);
  });
});

it.each([RAW, { dateFormat: '[x]', json: false }])(
  'brings every byte of a flood from a real child to the disk, through rotations (%o)',
  async (form) => {
    const files = filesBy(systemClock);
    let child: Child | null = null;
    const sink = open({
      clock: systemClock,
      files,
      form,
      rotation: { ...NEVER, maxBytes: 2 ** 20 },
      onPressure: (isFull) => child?.holdOutput(isFull),
    });
    const line = `${'y'.repeat(99)}\n`;
    const code = `for (let n = 0; n < 100; n += 1) process.stdout.write(${JSON.stringify(line)}.repeat(2000))`;
    await new Promise<void>((resolve, reject) => {
      child = launchChild(
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
    await files.settled();
    const names = readdirSync(folder).filter((name) => name.startsWith('out'));
    expect(names.length).toBeGreaterThan(15);
    const written = `${form.dateFormat === null ? '' : 'x: '}${line}`;
    const all = [...names.filter((name) => name.includes('__')).sort(), 'out.log'].map(read).join('');
    expect(all === written.repeat(200_000)).toBe(true);
  },
);

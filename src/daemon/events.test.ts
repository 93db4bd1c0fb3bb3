// daemon.log: one line an event, readable again, and no way to be stopped by a disk.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEventLine } from '../log/event-lines.ts';
import { readHistory } from './event-history.ts';
import { createEventLog, MAX_RECENT, printLine } from './events.ts';

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hfe-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const AT = Date.UTC(2026, 10, 22, 19, 30, 0, 123);
const online = (app: string | null, slot: number | null, at = AT) => ({ kind: 'online', rotation: null, at, app, slot }) as const;

describe('a line', () => {
  it('has the time in UTC, the subject and the text', () => {
    expect(printLine(online('api', 0))).toBe('2026-11-22T19:30:00.123Z App [api:0] online');
    expect(printLine(online('api', null))).toBe('2026-11-22T19:30:00.123Z App [api] online');
    expect(printLine(online(null, null))).toBe('2026-11-22T19:30:00.123Z Holdfast online');
  });

  it('stays one line, whatever an error says', () => {
    const exit = { code: 1, signal: null, error: 'Error: a\nb\r\n\u001b[31mc\u2028d', launchError: null };
    expect(printLine({ kind: 'exited', exit, pid: 5, at: AT, app: 'x', slot: 0 })).toMatch(/^[^\p{Cc}\u2028]+$/u);
  });

  it('can be read back', () => {
    for (const [app, slot] of [
      ['api', 0],
      ['api', null],
      ['api:1', 7],
      ['a] b', 2],
      ['Holdfast', 0],
    ] as const) {
      const entry = parseEventLine(printLine(online(app, slot)), ['api:1', 'Holdfast', 'a] b', 'api']);
      expect(entry).toEqual({ at: AT, app, slot, level: 'info', text: 'online' });
    }
  });

  it('has its level where that says something, so that it is known after a restart of the daemon', () => {
    const line = printLine({ kind: 'kill-timeout', afterMs: 1600, at: AT, app: 'api', slot: 0 });
    expect(line).toMatch(/^2026-11-22T19:30:00.123Z warn App \[api:0\] still alive/);
    expect(parseEventLine(line, ['api'])).toMatchObject({ level: 'warn', app: 'api', slot: 0 });
  });

  it('that is no event, or is cut, is none', () => {
    for (const text of [
      '',
      'node: stack',
      '2026-11-22T19:30:00.123Z',
      'T19:30:00.123Z App [api:0] online',
      '2026-11-22T19:30:00.123Z App [other:0] online',
    ])
      expect(parseEventLine(text, ['api'])).toBeNull();
  });
});

describe('the log', () => {
  it('is written together for all events of a moment, in order', async () => {
    const file = path.join(folder, 'log');
    const writes: string[] = [];
    const append = (text: string): void => {
      writes.push(text);
      fs.appendFileSync(file, text);
    };
    const log = createEventLog({ file, now: () => AT, append });
    log.publish({ kind: 'stopped' }, { app: 'a', slot: 0 });
    log.record(online('a', 1));
    await Promise.resolve();
    expect(writes).toHaveLength(1);
    expect(fs.readFileSync(file, 'utf8').split('\n')).toEqual([
      '2026-11-22T19:30:00.123Z App [a:0] stopped',
      '2026-11-22T19:30:00.123Z App [a:1] online',
      '',
    ]);
  });

  it('keeps what the disk refuses, bounded, and writes it when it can', () => {
    let isFull = true;
    let written = '';
    const troubles: string[] = [];
    const append = (text: string): void => {
      if (isFull) throw new Error('no space left');
      written += text;
    };
    const log = createEventLog({ file: '/nowhere', now: () => AT, append, trouble: (text) => troubles.push(text) });
    log.publish({ kind: 'stopped' }, { app: 'first', slot: 0 });
    expect(log.flush()).toBe(false);
    expect(troubles).toEqual(['Cannot write /nowhere: no space left.']);
    for (let count = 0; count < 30_000; count += 1) log.publish({ kind: 'stopped' }, { app: 'many', slot: count });
    expect(log.flush()).toBe(false);
    isFull = false;
    expect(log.flush()).toBe(true);
    expect(written.length).toBeLessThanOrEqual(2 ** 20);
    expect(written.startsWith('2026-')).toBe(true);
    expect(written.trimEnd().endsWith('App [many:29999] stopped')).toBe(true);
  });

  it('keeps the recent ones, bounded, and tells subscribers until they leave', () => {
    const log = createEventLog({ file: path.join(folder, 'log'), now: () => AT, append: () => {} });
    const heard: (number | null)[] = [];
    const leave = log.subscribe((event) => heard.push(event.slot));
    log.publish({ kind: 'stopped' }, { app: 'a', slot: 1 });
    leave();
    for (let count = 0; count < MAX_RECENT + 10; count += 1) log.publish({ kind: 'stopped' }, { app: 'a', slot: count });
    expect(heard).toEqual([1]);
    expect(log.recent()).toHaveLength(MAX_RECENT);
    expect(log.recent()[0]!.slot).toBe(10);
  });
});

describe('the history', () => {
  it('is the file before what is remembered, then what is remembered', () => {
    const file = path.join(folder, 'log');
    fs.writeFileSync(file, `${[online('a', 0, AT - 2000), online('a', 1, AT - 1000), online('a', 2)].map(printLine).join('\n')}\n`);
    const entries = readHistory({ file, recent: [online('a', 2)], apps: ['a'] });
    expect(entries.map((entry) => entry.slot)).toEqual([0, 1, 2]);
  });

  it('reads no more than the end of a large file, from whole lines', () => {
    const file = path.join(folder, 'log');
    fs.writeFileSync(file, `${printLine(online('a', 0))}\n`.repeat(20_000));
    const entries = readHistory({ file, recent: [], apps: ['a'] });
    expect(entries.length).toBeGreaterThan(1000);
    expect(entries.length).toBeLessThan(10_000);
  });

  it('is empty without a file', () => {
    expect(readHistory({ file: path.join(folder, 'none'), recent: [], apps: ['a'] })).toEqual([]);
  });
});

// The small parts of a host on a virtual clock: daemon watch, record, feed.
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../test/world.ts';
import { createDaemonWatch } from './daemon-watch.ts';
import { createFeed } from './feed.ts';
import { createRecordKeeper } from './record.ts';
import { releaseOf, specOf } from '../../test/spec.ts';
import type { LogLine } from '../model/protocol.ts';

const IDENTITY = {
  name: 'api',
  bootId: 'b',
  process: { pid: 1, startTime: '2' },
  launch: { file: 'node', args: ['host.cjs'], env: {} },
  takeovers: [],
  nextTakeoverAt: 0,
  gaveWay: false,
};

describe('the daemon watch', () => {
  it('tries again at growing intervals until a daemon dials in', () => {
    const clock = createVirtualClock();
    const tries: number[] = [];
    const watch = createDaemonWatch({
      clock,
      random: () => 0,
      launch: () => (tries.push(clock.monotonicMs()), Promise.reject(new Error('no'))),
    });
    watch.vanished();
    clock.pass(2000);
    expect(tries).toEqual([20, 100, 420, 1700]);
    watch.arrived();
    clock.pass(100_000);
    expect(tries).toHaveLength(4);
  });

  it('leaves a daemon that said goodbye alone', () => {
    const clock = createVirtualClock();
    let tries = 0;
    const watch = createDaemonWatch({ clock, random: () => 0, launch: () => (tries++, Promise.resolve()) });
    watch.rest();
    clock.pass(100_000);
    expect(tries).toBe(0);
  });
});

describe('the host record', () => {
  it('writes changes that come together once, and nothing where nothing changed', async () => {
    const clock = createVirtualClock();
    const written: string[] = [];
    const keeper = createRecordKeeper({
      clock,
      identity: IDENTITY,
      apps: () => [{ release: releaseOf(specOf({ name: 'api' })), rollout: null, lives: [] }],
      write: (text) => (written.push(text), Promise.resolve()),
      failed: (error) => expect.unreachable(String(error)),
    });
    keeper.touch();
    keeper.touch();
    clock.pass(100);
    await Promise.resolve();
    keeper.touch();
    clock.pass(100);
    await Promise.resolve();
    const release = releaseOf(specOf({ name: 'api' }));
    const app = { name: 'api', release: release.number, releases: [release], rollout: null, instances: [] };
    expect(written.map((text) => JSON.parse(text))).toEqual([{ version: 2, ...IDENTITY, apps: [app] }]);
  });

  it('says when what is so by now is on disk, behind what was being written, and also that the disk refuses', async () => {
    const clock = createVirtualClock();
    const writes: { readonly text: string; readonly end: (error?: Error) => void }[] = [];
    let name = 'one';
    const keeper = createRecordKeeper({
      clock,
      identity: IDENTITY,
      apps: () => [{ release: releaseOf(specOf({ name })), rollout: null, lives: [] }],
      write: (text) =>
        new Promise((resolve, reject) => void writes.push({ text, end: (error) => (error === undefined ? resolve() : reject(error)) })),
      failed: () => undefined,
    });
    const ended: string[] = [];
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    keeper.touch();
    clock.pass(20);
    name = 'two';
    void keeper.written().then(() => ended.push(name));
    writes[0]!.end();
    await turn();
    expect([ended, writes[1]!.text.includes('"two"')]).toEqual([[], true]);
    writes[1]!.end();
    await turn();
    expect(ended).toEqual(['two']);
    name = 'three';
    void keeper.written().then(() => ended.push(name));
    await turn();
    writes[2]!.end(new Error('ENOSPC'));
    await turn();
    expect(ended).toEqual(['two', 'three']);
  });

  it('tries again by itself after a write failed, and reports the trouble once', async () => {
    const clock = createVirtualClock();
    const failures: unknown[] = [];
    let calls = 0;
    const keeper = createRecordKeeper({
      clock,
      identity: IDENTITY,
      apps: () => [],
      write: () => (calls++ < 2 ? Promise.reject(new Error('ENOSPC')) : Promise.resolve()),
      failed: (error) => failures.push(error),
    });
    keeper.touch();
    clock.pass(100);
    await new Promise((resolve) => setImmediate(resolve));
    for (let minute = 0; minute < 3; minute += 1) {
      clock.pass(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([failures.length, calls]).toEqual([1, 3]);
  });
});

describe('the feed', () => {
  it('delivers the lines of one turn together, and only while somebody follows', () => {
    const clock = createVirtualClock();
    const delivered: (readonly LogLine[])[] = [];
    const feed = createFeed({ clock, deliver: (lines) => delivered.push(lines) });
    const source = { app: 'api', slot: 0, id: 0, stream: 'out' } as const;
    feed.ringOf('api').push(1, source, Buffer.from('unseen\n'));
    feed.follow(true);
    feed.ringOf('api').push(2, source, Buffer.from('one\ntwo\n'));
    feed.ringOf('new').push(3, { ...source, app: 'new' }, Buffer.from('three\n'));
    clock.pass(0);
    feed.follow(false);
    feed.ringOf('api').push(4, source, Buffer.from('unseen\n'));
    clock.pass(0);
    expect(delivered.map((lines) => lines.map((line) => line.text))).toEqual([['one', 'two', 'three']]);
    expect(feed.tail('api', { slots: [0], lines: 2 }).map((line) => line.text)).toEqual(['two', 'unseen']);
  });
});

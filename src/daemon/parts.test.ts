// The small parts of the daemon: lines of work, delays, rows, usage.
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { InstanceRow } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import { systemClock } from '../platform/clock.ts';
import { startTimeOf } from '../platform/proc-stat.ts';
import { endOrphans, rowOfOrphan } from './orphans.ts';
import { createRegistry } from './registry.ts';
import { createRevivalDelays } from './revival.ts';
import { createTurns } from './turns.ts';
import { createUsage } from './usage.ts';
import { releaseOf, specOf } from '../../test/spec.ts';

describe('turns', () => {
  /** A piece of work that ends when the test says so. */
  function gate(log: string[], name: string): { work: () => Promise<void>; open: () => void } {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const work = async (): Promise<void> => {
      log.push(`${name} begins`);
      await opened;
      log.push(`${name} ends`);
    };
    return { work, open: () => open() };
  }

  it('keep the order within an app and let other apps go on', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const [a, both, b, c] = ['a', 'both', 'b', 'c'].map((name) => gate(log, name));
    const done = [
      turns.take({ apps: ['A'], work: a!.work }),
      turns.take({ apps: ['A', 'B'], work: both!.work }),
      turns.take({ apps: ['B'], work: b!.work }),
      turns.take({ apps: ['C'], work: c!.work }),
    ];
    for (const one of [c!, b!, both!, a!]) one.open();
    await Promise.all(done);
    expect(log.filter((line) => !line.startsWith('c'))).toEqual(['a begins', 'a ends', 'both begins', 'both ends', 'b begins', 'b ends']);
    expect(log.indexOf('c begins')).toBeLessThan(log.indexOf('both begins'));
  });

  it('go on after a failure, which is told to its own caller only', async () => {
    const turns = createTurns();
    const failing = turns.take({ apps: ['A'], work: () => Promise.reject(new Error('no')) });
    const next = turns.take({ apps: ['A'], work: async () => {} });
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBeUndefined();
    expect(turns.isIdle('A')).toBe(true);
  });

  it('of no app begin at once', async () => {
    const turns = createTurns();
    await turns.take({ apps: [], work: async () => {} });
    expect(turns.isIdle('')).toBe(true);
  });
});

describe('revival', () => {
  it('comes at once the first time, then later and later up to half a minute, for each host apart', () => {
    const delayOf = createRevivalDelays();
    let now = 0;
    const delays = Array.from({ length: 9 }, () => {
      const delay = delayOf('web', now);
      now += delay + 10;
      return delay;
    });
    expect(delays).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(delayOf('other', now)).toBe(0);
    expect(delayOf('web', now + 61_000)).toBe(0);
  });
});

describe('processes that no host will take over', () => {
  it('are asked to end by the stop signal of their app', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    const startTime = startTimeOf(child.pid!)!;
    await endOrphans([{ pid: child.pid!, startTime }], { stopSignal: 'SIGTERM', killTimeoutMs: 5000 }, systemClock);
    expect(await ended).toBe('SIGTERM');
  });
});

describe('the registry', () => {
  const row = (slot: number, key: number, role: InstanceRow['role'] = 'current'): InstanceRow => ({
    ...rowOfOrphan('web', { slot, id: slot, process: { pid: 1, startTime: '1' } }),
    key,
    role,
  });

  it('replaces rows by their key, and lists what serves a slot first', () => {
    const registry = createRegistry();
    registry.apply({ row: row(1, 3), removed: null });
    registry.apply({ row: row(0, 2, 'leaving'), removed: null });
    registry.apply({ row: row(0, 1), removed: null });
    registry.apply({ row: { ...row(1, 3), restarts: 5 }, removed: null });
    expect(registry.rows('web').map((one) => [one.slot, one.key, one.restarts])).toEqual([
      [0, 1, 0],
      [0, 2, 0],
      [1, 3, 5],
    ]);
  });

  it('fills what a host of an earlier version does not say of a release', () => {
    const registry = createRegistry();
    const { stopSignal: _, echo: __, ...spec } = specOf();
    const release = { ...releaseOf(specOf()), spec } as Release;
    registry.setApp('web', { release, rollout: null, rows: [row(0, 1)] });
    expect(registry.release('web')).toEqual(releaseOf(specOf()));
  });

  it('forgets an app with its last row', () => {
    const registry = createRegistry();
    registry.setApp('web', { release: releaseOf(specOf()), rollout: null, rows: [row(0, 1)] });
    registry.apply({ row: null, removed: { app: 'web', key: 9 } });
    expect(registry.apps()).toEqual(['web']);
    registry.apply({ row: null, removed: { app: 'web', key: 1 } });
    expect(registry.apps()).toEqual([]);
    registry.apply({ row: null, removed: { app: 'never', key: 1 } });
    expect(registry.apps()).toEqual([]);
  });
});

describe('usage', () => {
  it('measures a tree, and measures again only when the figures are old', async () => {
    let nowMs = systemClock.monotonicMs();
    const measure = createUsage({ ...systemClock, monotonicMs: () => nowMs });
    const child = spawn(process.execPath, ['-e', 'const end = Date.now() + 60000; while (Date.now() < end);'], { stdio: 'ignore' });
    try {
      const pid = child.pid!;
      const startedAt = Date.now();
      await expect.poll(() => createUsage(systemClock)([{ pid, startedAt }]).get(pid)!.cpu, { timeout: 5000 }).toBeGreaterThan(0);
      const first = measure([{ pid, startedAt }]).get(pid)!;
      expect(first.memory).toBeGreaterThan(2 ** 20);
      nowMs += 1999;
      expect(measure([{ pid, startedAt }]).get(pid)).toBe(first);
      nowMs += 2;
      expect(measure([{ pid, startedAt }]).get(pid)).not.toBe(first);
    } finally {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exited;
    }
  });

  it('gives nothing for what does not live', () => {
    expect(createUsage(systemClock)([{ pid: 2 ** 22 + 1, startedAt: null }]).get(2 ** 22 + 1)).toMatchObject({ cpu: 0, memory: 0 });
  });
});

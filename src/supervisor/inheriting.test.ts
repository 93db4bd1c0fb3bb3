// Fork-mode instances whose host has died, under the next one in a deterministic world: they go on as if nothing had been.
import { describe, expect, it } from 'vitest';
import { specOf } from '../../test/spec.ts';
import { createTestWorld } from '../../test/world.ts';
import type { TestWorld } from '../../test/world.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { recordApp } from './record.ts';

const FORK = specOf({ mode: 'fork', instances: 1, drainIdleMs: 0, restartDelayMs: 500 });

/** The world of the next host, after `live` in that of the first. */
function inherited(spec: AppSpec, live: (world: TestWorld) => void = () => {}): { readonly old: TestWorld; readonly world: TestWorld } {
  const old = createTestWorld(spec);
  old.clock.pass(5000);
  live(old);
  return { old, world: createTestWorld(spec, { clock: old.clock, left: recordApp(old.supervisor.present()) }) };
}

const order = (world: TestWorld, type: 'stop' | 'restart'): void => world.supervisor.command({ type, slots: [0] }, () => {});

describe('an instance that lives', () => {
  it('keeps its process, its numbers and its moments, and nothing is launched', () => {
    const { old, world } = inherited(FORK, (first) => {
      order(first, 'restart');
      first.children[0]!.exit({ signal: 'SIGINT' });
      first.clock.pass(2000);
    });
    const numbers = (one: TestWorld): object[] =>
      one.rows().map(({ id, slot, process, restarts, createdAt, askedAt, startedAt, goal, phase, healthy }) => {
        return { id, slot, process, restarts, createdAt, askedAt, startedAt, goal, phase, healthy };
      });
    expect(numbers(world)).toEqual(numbers(old));
    expect(world.children.map(({ pid, options }) => [pid, options.file])).toEqual([[1001, 'adopted']]);
  });

  it('becomes healthy at min_uptime, counted from its launch', () => {
    const { world } = inherited({ ...FORK, minUptimeMs: 6000 });
    world.clock.pass(900);
    expect(world.rows()).toMatchObject([{ healthy: false }]);
    world.clock.pass(100);
    expect(world.rows()).toMatchObject([{ healthy: true }]);
  });

  it('is restarted by the policy when it ends, whose code nobody knows', () => {
    const { world } = inherited({ ...FORK, stopExitCodes: [0], autorestart: true });
    world.children[0]!.exit({ code: 0 });
    expect(world.story()).toContain('0 exited with exit code unknown (its host had died; pid 1000)');
    expect(world.rows()).toMatchObject([
      { phase: { kind: 'backoff' }, tally: [{ exit: { code: null, signal: null, unknown: 'host-died' } }] },
    ]);
    world.clock.pass(500);
    expect(world.rows()).toMatchObject([{ phase: { kind: 'online' }, restarts: 1, process: { pid: 1001 } }]);
  });

  it('is stopped by its signal, and by SIGKILL after kill_timeout', () => {
    const { world } = inherited(FORK);
    order(world, 'stop');
    world.clock.pass(1600);
    expect(world.children[0]!.got).toEqual(['SIGINT', 'SIGKILL']);
    expect(world.rows()).toMatchObject([{ phase: { kind: 'stopped' } }]);
  });

  it('is replaced when it has been over its memory limit three times', () => {
    const { world } = inherited({ ...FORK, maxMemoryBytes: 2 ** 20 });
    world.clock.pass(15_000);
    expect(world.children[0]!.got).toEqual(['SIGINT']);
    world.children[0]!.exit({ signal: 'SIGINT' });
    world.clock.pass(0);
    expect(world.children).toHaveLength(2);
    expect(world.rows()).toMatchObject([{ phase: { kind: 'online' }, process: { pid: 1001 } }]);
  });
});

describe('an instance that does not live', () => {
  it('has ended of a code that nobody knows where it was meant to live', () => {
    const old = createTestWorld(FORK);
    old.clock.pass(5000);
    const left = recordApp(old.supervisor.present());
    const ended = { ...left, instances: left.instances.map((one) => ({ ...one, process: null })) };
    const world = createTestWorld(FORK, { clock: old.clock, left: ended });
    expect(world.story()).toContain('0 exited with exit code unknown (its host had died)');
    world.clock.pass(500);
    expect(world.rows()).toMatchObject([{ phase: { kind: 'online' }, restarts: 1 }]);
  });

  it('goes on waiting for its restart, and stays down where it was stopped', () => {
    const waiting = inherited(FORK, (first) => {
      first.children[0]!.exit({ code: 1 });
      first.clock.pass(300);
    }).world;
    expect(waiting.children).toEqual([]);
    waiting.clock.pass(200);
    expect(waiting.rows()).toMatchObject([{ phase: { kind: 'online' }, restarts: 1 }]);
    const down = inherited(FORK, (first) => {
      order(first, 'stop');
      first.children[0]!.exit({ signal: 'SIGINT' });
    }).world;
    down.clock.pass(60_000);
    expect([down.children, down.rows()]).toMatchObject([[], [{ phase: { kind: 'stopped' }, goal: 'down' }]]);
  });
});

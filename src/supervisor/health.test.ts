// Probes and heartbeats in a whole supervisor: who gets traffic, who is replaced, who is killed.
import { describe, expect, it } from 'vitest';
import { inRotation, latest, leave, newest, obey, pids, roll, serving } from '../../test/rollout-kit.ts';
import type { ServingWorld } from '../../test/rollout-kit.ts';
import type { ProbeSpec } from '../model/app-spec.ts';

const PROBE: ProbeSpec = {
  check: { kind: 'http', path: '/health', port: null, tls: false, statuses: null },
  intervalMs: 1000,
  timeoutMs: 500,
  failures: 2,
  successes: 2,
  startPeriodMs: 10_000,
};
const FAILING = { ok: false, text: '503 Service Unavailable' };
const PASSING = { ok: true, text: '200 OK' };

const lastOf = (world: ServingWorld, slot: number): string => world.story().findLast((line) => line.startsWith(`${slot} `))!;

describe('a readiness probe', () => {
  const watched = (instances = 2): ServingWorld => {
    const world = serving({ readiness: PROBE, instances });
    world.clock.pass(2000);
    return world;
  };

  it('lets an instance into rotation when it has passed once', () => {
    const world = serving({ readiness: PROBE, instances: 1 });
    expect(inRotation(world)).toEqual([1000]);
    world.children[0]!.exit({ code: 1 });
    world.clock.pass(1);
    newest(world).health = FAILING;
    newest(world).listen();
    world.clock.pass(5000);
    expect(world.rows()[0]!).toMatchObject({ phase: { kind: 'starting' }, readiness: { passing: false, text: '503 Service Unavailable' } });
    expect(inRotation(world)).toEqual([]);
    newest(world).health = PASSING;
    world.clock.pass(250);
    expect(inRotation(world)).toEqual([1001]);
  });

  it('gives a plain start its start period; then the instance is online, and out of rotation until the probe passes', () => {
    const world = serving({ readiness: PROBE, instances: 1 });
    world.children[0]!.exit({ code: 1 });
    world.clock.pass(0);
    newest(world).health = FAILING;
    newest(world).listen();
    world.clock.pass(10_000);
    expect(world.story()).toContain(
      '0 its readiness probe has not passed after 10 s, taken as online; it gets traffic once the probe passes',
    );
    expect(inRotation(world)).toEqual([]);
    newest(world).health = PASSING;
    world.clock.pass(250);
    expect(inRotation(world)).toEqual([1001]);
  });

  it('that fails takes it out, and back in when it passes again', () => {
    const world = watched();
    world.children[0]!.health = FAILING;
    world.clock.pass(2000);
    expect(inRotation(world)).toEqual([1001]);
    expect(lastOf(world, 0)).toBe('0 not ready (GET /health: 503 Service Unavailable, 2 times): out of rotation, traffic to 1 of 2');
    world.children[0]!.health = PASSING;
    world.clock.pass(2000);
    expect(inRotation(world)).toEqual([1000, 1001]);
    expect(lastOf(world, 0)).toBe('0 ready again (GET /health): traffic to 2 of 2');
    expect(world.children[0]!.got).toEqual([]);
  });

  it('keeps the last one although it fails, until another is ready', () => {
    const world = watched();
    for (const child of world.children) child.health = FAILING;
    world.clock.pass(2000);
    const [kept] = inRotation(world);
    expect(inRotation(world)).toHaveLength(1);
    expect(world.story().filter((line) => line.includes('it stays in rotation'))).toHaveLength(1);
    const other = world.children.find(({ pid }) => pid !== kept)!;
    other.health = PASSING;
    world.clock.pass(2000);
    expect(inRotation(world)).toEqual([other.pid]);
  });

  it('puts those that fail back when the last one is gone: worse than they are only nobody', () => {
    const world = watched();
    world.children[0]!.health = FAILING;
    world.clock.pass(2000);
    world.children[1]!.exit({ code: 1 });
    world.clock.pass(0);
    expect(inRotation(world)).toEqual([1000]);
    newest(world).listen();
    world.clock.pass(10);
    expect(inRotation(world)).toEqual([1002]);
  });
});

describe('a liveness probe', () => {
  it('begins also where an instance is online as soon as it is spawned', () => {
    const world = serving({ mode: 'fork', instances: 1, liveness: { ...PROBE, startPeriodMs: 0 } });
    newest(world).health = FAILING;
    world.clock.pass(3000);
    expect(world.story()).toContain('0 not alive (GET /health: 503 Service Unavailable, 2 times): replacing it');
  });

  const watched = (fields = {}): ServingWorld => {
    const world = serving({ liveness: PROBE, ...fields });
    world.clock.pass(2000);
    return world;
  };

  it('that fails has the instance replaced, with its own release, the new one ready first', () => {
    const world = watched();
    world.children[0]!.health = FAILING;
    world.clock.pass(2000);
    expect(pids(world)).toEqual([1000, 1001, 1002]);
    expect(world.children[0]!.got).toEqual([]);
    newest(world).listen();
    leave(world);
    expect(inRotation(world)).toEqual([1001, 1002]);
    expect(world.story().slice(-8)).toContain('0 replaced: 50 MB');
    expect(world.story()).toContain('0 not alive (GET /health: 503 Service Unavailable, 2 times): replacing it');
    expect(world.story().some((line) => line.startsWith('null'))).toBe(false);
  });

  it('of all at once has them replaced one after the other', () => {
    const world = watched({ instances: 3 });
    for (const child of world.children) child.health = FAILING;
    world.clock.pass(3000);
    expect(pids(world)).toHaveLength(4);
    newest(world).listen();
    expect(pids(world)).toHaveLength(4);
    leave(world);
    expect(pids(world)).toHaveLength(4);
    obey(world);
    expect(pids(world)).toEqual([1003, 1004, 1005]);
  });

  it('that meets a rollout waits for its end, and is dropped where that has replaced the instance', () => {
    const world = watched({ instances: 1, listenTimeoutMs: 60_000 });
    roll(world);
    world.children[0]!.health = FAILING;
    world.clock.pass(3000);
    expect(pids(world)).toEqual([1000, 1001]);
    obey(world);
    expect(latest(world)).toMatchObject({ cause: 'reload', phase: 'done' });
    expect(pids(world)).toEqual([1001]);
  });

  it('tries again where the successor was not ready', () => {
    const world = watched({ instances: 1, listenTimeoutMs: 1000 });
    world.children[0]!.health = FAILING;
    world.clock.pass(2000);
    world.clock.pass(1000);
    leave(world);
    expect(lastOf(world, 0)).toMatch(/^0 could not be replaced, the old one goes on: not listening after 1 s/);
    expect(pids(world)).toEqual([1000]);
    world.clock.pass(10_000);
    expect(pids(world)).toHaveLength(2);
  });
});

describe('a blocked event loop', () => {
  const watched = (fields = {}): ServingWorld => {
    const world = serving({ maxLoopBlockMs: 4000, minUptimeMs: 100, ...fields });
    for (const child of world.children) {
      child.say({ act: 'hello', nodeVersion: 'v20.0.0' });
      child.say({ act: 'beat' });
    }
    return world;
  };

  it('is asked about only where it has a limit', () => {
    expect(watched().children[0]!.got).toEqual(['watch-loop']);
    expect(watched({ maxLoopBlockMs: null }).children[0]!.got).toEqual([]);
  });

  it('is killed at once when no beat has come for that long, launched again in place, and no crash is counted', () => {
    const world = watched();
    world.clock.pass(3000);
    world.children[1]!.say({ act: 'beat' });
    world.clock.pass(1000);
    expect(world.children[0]!.got).toEqual(['watch-loop', 'SIGKILL']);
    expect(world.story()).toContain(
      '0 event loop blocked for 4 s (max_loop_block 4 s): killing it; its error log says what it was doing, where that could be had',
    );
    expect(world.children[1]!.got).toEqual(['watch-loop']);
    world.clock.pass(0);
    newest(world).listen();
    expect(world.rows().map(({ slot, phase, unstable }) => [slot, phase.kind, unstable])).toEqual([
      [0, 'online', 0],
      [1, 'online', 0],
    ]);
  });

  it('of two at a time waits until the first is online again', () => {
    const world = watched();
    world.clock.pass(4000);
    expect(pids(world)).toEqual([1001, 1002]);
    world.clock.pass(1000);
    expect(pids(world)).toEqual([1001, 1002]);
    newest(world).listen();
    world.clock.pass(0);
    expect(pids(world)).toEqual([1002, 1003]);
  });

  it('is let live when it beats again before its turn', () => {
    const world = watched();
    world.clock.pass(4000);
    world.children[1]!.say({ act: 'beat' });
    newest(world).listen();
    world.clock.pass(100);
    expect(pids(world)).toEqual([1001, 1002]);
  });

  it('of one on its way out is left to kill_timeout', () => {
    const world = watched({ instances: 1 });
    world.supervisor.command({ type: 'stop', slots: [0] }, () => {});
    world.clock.pass(4000);
    expect(world.children[0]!.got).toEqual(['watch-loop', 'drain']);
  });

  it('on trial counts as a crash', () => {
    const world = watched({ instances: 1, maxRestarts: 1 });
    roll(world);
    newest(world).say({ act: 'beat' });
    world.children[0]!.say({ act: 'beat' });
    world.clock.pass(2000);
    world.children[0]!.say({ act: 'beat' });
    world.clock.pass(2000);
    world.clock.pass(0);
    expect(latest(world)).toMatchObject({ phase: 'failed', failure: { reason: 'crashed' } });
    expect(pids(world)).toEqual([1000]);
  });
});

// An instance that stands by: it takes the place of another in the moment that one cannot serve, and is looked after like any other.
import { describe, expect, it } from 'vitest';
import { inRotation, latest, newest, obey, pids, roll, serving, slotsTo } from '../../test/rollout-kit.ts';
import type { ServingWorld } from '../../test/rollout-kit.ts';
import type { TestWorld } from '../../test/world.ts';

const MB = 2 ** 20;

/** One serves, one stands by. */
const two = (): ServingWorld => serving({ instances: 2, standby: 1, restartDelayMs: 1000 });

const standingBy = (world: TestWorld): number[] => world.rows().flatMap((row) => (row.standby ? [row.process!.pid] : []));
const storyAfter = (world: TestWorld, act: () => void): string[] => {
  const before = world.story().length;
  act();
  return world.story().slice(before);
};

it('the first one serves, the other one is online and gets nothing', () => {
  const world = two();
  expect([inRotation(world), standingBy(world)]).toEqual([[1000], [1001]]);
  expect(world.story().filter((line) => line.includes('traffic'))).toEqual(['0 online: traffic to 1 of 1']);
});

it('the one that stands by is told to warm up, and the one that serves is not', () => {
  const world = two();
  expect(world.children.map(({ got }) => got.filter((act) => act === 'warm-up').length)).toEqual([0, 1]);
});

describe('the one that serves says that it exits', () => {
  it('and has been replaced before it is gone', () => {
    const world = two();
    const story = storyAfter(world, () => {
      world.children[0]!.say({ act: 'exiting', on: true });
      expect([inRotation(world), standingBy(world)]).toEqual([[1001], []]);
      world.children[0]!.exit({ code: 1 });
    });
    expect(story).toEqual([
      '0 exited with code [1] (pid 1000)',
      '0 out of rotation: traffic to 1 of 1',
      '1 stepped in: traffic to 1 of 1',
      '0 will restart in 1000ms (crash 1 of 16)',
    ]);
  });

  it('and does not: from then on it is the one that stands by', () => {
    const world = two();
    world.children[0]!.say({ act: 'exiting', on: true });
    expect([inRotation(world), standingBy(world)]).toEqual([[1001], []]);
    world.children[0]!.say({ act: 'exiting', on: false });
    expect([inRotation(world), standingBy(world)]).toEqual([[1001], [1000]]);
  });

  it('and where nobody stands by, nothing is given to it from then on', () => {
    const world = serving({ instances: 1 });
    const story = storyAfter(world, () => {
      world.children[0]!.say({ act: 'exiting', on: true });
      expect(inRotation(world)).toEqual([]);
      world.children[0]!.say({ act: 'exiting', on: false });
    });
    expect([inRotation(world), story]).toEqual([[1000], []]);
    world.children[0]!.say({ act: 'exiting', on: true });
    world.children[0]!.exit({ code: 1 });
    world.clock.pass(1);
    newest(world).listen();
    expect(inRotation(world)).toEqual([1001]);
  });
});

describe('the one that serves dies', () => {
  it('and the other one has taken its place before anything else is done about it', () => {
    const world = two();
    expect(storyAfter(world, () => world.children[0]!.exit({ code: 1 }))).toEqual([
      '0 exited with code [1] (pid 1000)',
      '0 out of rotation: traffic to 1 of 1',
      '1 stepped in: traffic to 1 of 1',
      '0 will restart in 1000ms (crash 1 of 16)',
    ]);
    expect(inRotation(world)).toEqual([1001]);
  });

  it('and stands by when it has come back: nobody is moved twice', () => {
    const world = two();
    world.children[0]!.exit({ code: 1 });
    world.clock.pass(1000);
    newest(world).listen();
    expect([inRotation(world), standingBy(world)]).toEqual([[1001], [1002]]);
  });

  it('and comes back without haste, for the other one has to answer first; where there is no other one, at once', () => {
    const world = serving({ instances: 2, standby: 1 });
    expect(storyAfter(world, () => world.children[0]!.exit({ code: 1 })).at(-1)).toBe('0 will restart in 100ms (crash 1 of 16)');
    expect(storyAfter(world, () => world.children[1]!.exit({ code: 1 })).at(-1)).toBe('1 will restart in 0ms (crash 1 of 16)');
  });

  it('and is given up: the other one goes on alone', () => {
    const world = serving({ instances: 2, standby: 1, maxRestarts: 0 });
    world.children[0]!.exit({ code: 1 });
    expect([inRotation(world), standingBy(world)]).toEqual([[1001], []]);
  });
});

it('one that stands by and dies is launched again by the restart policy, and nobody else notices', () => {
  const world = two();
  const story = storyAfter(world, () => world.children[1]!.exit({ code: 1 }));
  expect(story).toEqual(['1 exited with code [1] (pid 1001)', '1 will restart in 1000ms (crash 1 of 16)']);
  world.clock.pass(1000);
  newest(world).listen();
  expect([inRotation(world), standingBy(world)]).toEqual([[1000], [1002]]);
});

it('one that is not ready any more gives its place away, and stands by when it is', () => {
  const probe = {
    check: { kind: 'tcp', port: null },
    intervalMs: 1000,
    timeoutMs: 500,
    failures: 1,
    successes: 1,
    startPeriodMs: 0,
  } as const;
  const world = serving({ instances: 2, standby: 1, readiness: probe });
  world.clock.pass(1000);
  expect([inRotation(world), standingBy(world)]).toEqual([[1000], [1001]]);
  world.children[0]!.health = { ok: false, text: 'refused' };
  world.clock.pass(1000);
  expect([inRotation(world), standingBy(world)]).toEqual([[1001], []]);
  world.children[0]!.health = { ok: true, text: 'open' };
  world.clock.pass(1000);
  expect([inRotation(world), standingBy(world)]).toEqual([[1001], [1000]]);
});

it('a stop by hand of the one that serves brings in the other one, and a start lets it stand by', () => {
  const world = two();
  world.supervisor.command({ type: 'stop', slots: [0] }, () => {});
  obey(world);
  expect([inRotation(world), standingBy(world)]).toEqual([[1001], []]);
  world.supervisor.command({ type: 'start', slots: [0] }, () => {});
  obey(world);
  expect([inRotation(world), standingBy(world)]).toEqual([[1001], [1002]]);
});

describe('a rollout', () => {
  it('replaces both, and somebody serves all the time', () => {
    const world = two();
    roll(world);
    for (let turn = 0; turn < 20; turn += 1) {
      for (const child of world.living()) if (!child.isListening) child.listen();
      expect(inRotation(world)).toHaveLength(1);
      obey(world);
    }
    expect(latest(world)).toMatchObject({ phase: 'done' });
    expect([inRotation(world), standingBy(world)]).toEqual([[1002], [1003]]);
  });

  it('of a release without anybody who stands by leaves one slot less, and with one more that serves one more', () => {
    const world = two();
    roll(world, { slots: slotsTo(1), release: { ...world.supervisor.snapshot().release, number: 2, spec: { ...world.spec, standby: 0 } } });
    obey(world);
    expect([inRotation(world).length, standingBy(world)]).toEqual([1, []]);
    const grown = serving({ instances: 2, standby: 1 });
    roll(grown, { cause: 'scale', slots: slotsTo(3), replace: [], release: grown.supervisor.snapshot().release });
    obey(grown);
    expect([inRotation(grown).length, standingBy(grown).length]).toEqual([2, 1]);
  });

  it('for the memory of the one that serves gives its place to its successor, not to the one that stands by', () => {
    const world = serving({ instances: 2, standby: 1, maxMemoryBytes: 100 * MB });
    world.children[0]!.rssBytes = 200 * MB;
    world.clock.pass(15_000);
    obey(world);
    expect(pids(world)).toEqual([1001, 1002]);
    expect([inRotation(world), standingBy(world)]).toHaveLength(2);
    expect(inRotation(world)).toHaveLength(1);
    expect(standingBy(world)).toHaveLength(1);
  });
});

it('all are wanted and one slot is left: it serves', () => {
  const world = two();
  world.supervisor.command({ type: 'remove', slots: [0] }, () => {});
  obey(world);
  expect([inRotation(world), standingBy(world)]).toEqual([[1001], []]);
});

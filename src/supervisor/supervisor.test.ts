// A whole supervisor in a deterministic world: stories of crashes, stops, memory and readiness.
import { describe, expect, it } from 'vitest';
import { releaseOf, specOf } from '../../test/spec.ts';
import { createTestWorld } from '../../test/world.ts';
import type { TestWorld } from '../../test/world.ts';

const GB = 2 ** 30;

function serving(spec = specOf()): TestWorld {
  const world = createTestWorld(spec);
  for (const child of world.children) child.listen();
  world.clock.pass(0);
  return world;
}

function storyAfter(world: TestWorld, act: () => void): string[] {
  const before = world.story().length;
  act();
  return world.story().slice(before);
}

const order = (world: TestWorld, type: 'start' | 'stop' | 'restart' | 'reset' | 'remove', slots: number[]): void =>
  world.supervisor.command({ type, slots }, () => {});

describe('one crash of a cluster app', () => {
  it('tells the whole story in the order of the facts', () => {
    const world = serving(specOf({ maxRestarts: 10, restartDelayMs: 2000, expBackoffMs: 100, minUptimeMs: 10_000 }));
    const story = storyAfter(world, () => {
      world.children[0]!.say({
        act: 'uncaught',
        name: 'TypeError',
        message: "Cannot read properties of undefined (reading 'name')",
        code: null,
        port: null,
      });
      world.children[0]!.exit({ code: 1 });
      world.clock.pass(2000);
      world.children[2]!.listen();
      world.clock.pass(10_000);
    });
    expect(story.filter((line) => line.startsWith('0'))).toEqual([
      "0 exited with code [1] (pid 1000; uncaught TypeError: Cannot read properties of undefined (reading 'name'))",
      '0 out of rotation: traffic to 1 of 2',
      '0 will restart in 2000ms (crash 1 of 10)',
      '0 starting: node app.js',
      '0 started (pid 1002)',
      '0 online: traffic to 2 of 2',
      '0 healthy (alive 10 s)',
    ]);
  });

  it('ends in errored at the tenth crash with max_restarts 10, after nine delays of 2000 ms or more', () => {
    const world = serving(specOf({ instances: 1, maxRestarts: 10, restartDelayMs: 2000, expBackoffMs: 100, minUptimeMs: 10_000 }));
    for (let crash = 1; crash <= 10; crash += 1) {
      world.living()[0]!.exit({ code: 1 });
      world.clock.pass(world.rows()[0]!.lastDelayMs);
    }
    expect(world.children).toHaveLength(10);
    expect(world.story().at(-1)).toMatch(
      /^0 errored: 10 crashes in .* not restarting again \(max_restarts 10\)\. Manual intervention required: fix it, then holdfast restart api$/,
    );
    expect(world.rows()[0]).toMatchObject({ goal: 'down', phase: { kind: 'errored' }, restarts: 9 });
  });

  it('records a death by signal as that signal and never as code 0', () => {
    const world = serving();
    world.children[0]!.exit({ signal: 'SIGKILL' });
    expect(world.rows()[0]!.tally).toMatchObject([{ exit: { code: null, signal: 'SIGKILL' }, pid: 1000 }]);
  });
});

describe('the moment somebody last asked for it', () => {
  it('is that of a restart, a reset, and a start of what was stopped, and no crash changes it', () => {
    const world = serving(specOf({ instances: 1, mode: 'fork', restartDelayMs: 500 }));
    const asked = (): number => world.rows()[0]!.askedAt! - world.rows()[0]!.createdAt;
    world.clock.pass(1000);
    order(world, 'start', [0]);
    world.children[0]!.exit({ code: 1 });
    world.clock.pass(500);
    expect([asked(), world.rows()[0]!.lastDelayMs]).toEqual([0, 500]);
    for (const type of ['restart', 'reset', 'stop', 'start'] as const) {
      const before = asked();
      world.clock.pass(1000);
      order(world, type, [0]);
      if (type === 'stop' || type === 'restart') world.children.at(-1)!.exit({ signal: 'SIGINT' });
      expect(asked() > before).toBe(type !== 'stop');
    }
    expect(world.rows()[0]!.lastDelayMs).toBe(0);
  });
});

describe('stop', () => {
  it('overtakes a waiting restart', () => {
    const world = serving(specOf({ instances: 1, restartDelayMs: 5000 }));
    world.children[0]!.exit({ code: 1 });
    order(world, 'stop', [0]);
    world.clock.pass(60_000);
    expect(world.children).toHaveLength(1);
    expect(world.rows()[0]!.phase.kind).toBe('stopped');
  });

  it('drains first, then signals, then kills the tree after kill_timeout', () => {
    const world = serving(specOf({ instances: 1 }));
    const [child] = world.children;
    order(world, 'stop', [0]);
    expect(child!.got).toEqual(['drain']);
    child!.say({ act: 'drained', report: { idleClosed: 1, finished: 2, cut: 0, toldToGo: 0, tookMs: 30 } });
    expect(child!.got).toEqual(['drain', 'SIGINT']);
    world.clock.pass(1600);
    expect(child!.got).toEqual(['drain', 'SIGINT', 'SIGKILL']);
    expect(world.rows()[0]!.phase.kind).toBe('stopped');
  });

  it.each(['stop', 'restart'] as const)('asks it to end by the stop signal of the app at a %s, and says which', (type) => {
    const world = serving(specOf({ instances: 1, mode: 'fork', stopSignal: 'SIGTERM' }));
    order(world, type, [0]);
    expect(world.children[0]!.got).toEqual(['SIGTERM']);
    expect(world.story().at(-1)).toBe('0 stopping with SIGTERM (SIGKILL after 1.6 s)');
    world.clock.pass(1600);
    expect(world.children[0]!.got).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('sends the shutdown message instead of the signal where the app wants it', () => {
    const world = serving(specOf({ instances: 1, mode: 'fork', shutdownWithMessage: true }));
    order(world, 'stop', [0]);
    expect(world.children[0]!.got).toEqual(['"shutdown"']);
  });

  it.each(['start', 'restart'] as const)('of what is removed for good is not undone by a %s', (type) => {
    const world = serving(specOf({ instances: 2, mode: 'fork' }));
    order(world, 'remove', [1]);
    order(world, type, [1]);
    world.children[1]!.exit({ signal: 'SIGINT' });
    world.clock.pass(10);
    expect(world.rows().map((row) => row.slot)).toEqual([0]);
    expect(world.living().map(({ pid }) => pid)).toEqual([1000]);
  });

  it('forgets what is removed, and says so', () => {
    const world = serving(specOf({ instances: 2, mode: 'fork' }));
    order(world, 'remove', [1]);
    world.children[1]!.exit({ signal: 'SIGINT' });
    expect(world.rows().map((row) => row.slot)).toEqual([0]);
    expect(world.facts.at(-1)!.removed).toEqual({ app: 'api', key: 2 });
  });
});

describe('apply', () => {
  it('adds missing slots and removes surplus ones without touching the others', () => {
    const world = serving(specOf({ mode: 'fork', instances: 2 }));
    const spec = specOf({ mode: 'fork', instances: 2 });
    world.supervisor.command(
      {
        type: 'apply',
        release: releaseOf(spec),
        slots: [
          { slot: 1, id: 1 },
          { slot: 2, id: 7 },
        ],
        start: true,
        orphans: [],
      },
      () => {},
    );
    world.children[0]!.exit({ signal: 'SIGINT' });
    world.clock.pass(10);
    expect(world.rows().map((row) => [row.slot, row.id])).toEqual([
      [1, 1],
      [2, 7],
    ]);
    expect(world.children[1]!.isAlive).toBe(true);
  });

  it('ends what outlived an earlier host before anything is started in its place', () => {
    const world = createTestWorld(specOf({ instances: 1, mode: 'fork' }));
    const before = world.children.length;
    world.orphans.add(4242);
    world.supervisor.command(
      {
        type: 'apply',
        release: releaseOf(specOf({ mode: 'fork' })),
        slots: [
          { slot: 0, id: 0 },
          { slot: 1, id: 1 },
        ],
        start: true,
        orphans: [{ pid: 4242, startTime: '4242' }],
      },
      () => {},
    );
    expect(world.children).toHaveLength(before);
    world.clock.pass(100);
    return Promise.resolve().then(() => expect(world.children).toHaveLength(before + 1));
  });

  it('reports an interpreter that cannot be started as a crash under the restart policy', () => {
    const world = createTestWorld(specOf({ instances: 1, mode: 'fork', maxRestarts: 3 }));
    world.launchError = 'there is no /opt/nowhere/node';
    world.children[0]!.exit({ code: 0 });
    world.clock.pass(1000);
    expect(world.story()).toContain('0 cannot be started: there is no /opt/nowhere/node');
    expect(world.rows()[0]!.phase.kind).toBe('errored');
  });
});

describe('memory over the limit', () => {
  const spec = specOf({ maxMemoryBytes: GB, minUptimeMs: 1000 });

  function leak(world: TestWorld): void {
    world.children[0]!.rssBytes = 1.02 * GB;
    world.clock.pass(15_000);
  }

  it('starts a successor after three samples in a row, and retires the old one only when that serves', () => {
    const world = serving(spec);
    leak(world);
    expect(world.children).toHaveLength(3);
    expect(world.children[0]!.got).toEqual([]);
    world.children[2]!.listen();
    expect(world.children[0]!.got).toEqual(['drain']);
    world.children[2]!.rssBytes = 85 * 2 ** 20;
    world.children[0]!.say({ act: 'drained', report: { idleClosed: 0, finished: 0, cut: 0, toldToGo: 0, tookMs: 0 } });
    world.children[0]!.exit({ signal: 'SIGINT' });
    expect(world.story()).toContain('0 memory 1.02 GB over the limit 1 GB: replacing gracefully');
    expect(world.story().at(-1)).toBe('0 replaced: 85 MB');
    expect(world.rows().map((row) => [row.slot, row.role, row.restarts])).toEqual([
      [1, 'current', 0],
      [0, 'current', 1],
    ]);
  });

  it('keeps the old one when the successor never listens', () => {
    const world = serving(spec);
    leak(world);
    world.clock.pass(31_000);
    world.children[2]!.exit({ signal: 'SIGINT' });
    expect(world.children[0]!.isAlive).toBe(true);
    expect(world.children[0]!.got).toEqual([]);
    expect(world.story().some((line) => line.startsWith('0 could not be replaced, the old one goes on'))).toBe(true);
  });

  it('gives the successor up when a stop takes the slot over', () => {
    const world = serving(spec);
    leak(world);
    order(world, 'stop', [0]);
    world.clock.pass(20_000);
    expect(world.living().map((child) => child.pid)).toEqual([1001]);
  });

  it('replaces in place in fork mode', () => {
    const world = serving(specOf({ ...spec, mode: 'fork' }));
    leak(world);
    world.children[0]!.exit({ signal: 'SIGINT' });
    world.clock.pass(0);
    expect(world.living()).toHaveLength(2);
    expect(world.story().at(-1)).toBe('0 replaced: 50 MB');
  });
});

describe('readiness', () => {
  it('waits for the ready message where wait_ready is set, listening or not', () => {
    const world = createTestWorld(specOf({ instances: 1, waitReady: true }));
    world.children[0]!.listen();
    expect(world.rows()[0]!.phase.kind).toBe('starting');
    world.children[0]!.tell('ready');
    expect(world.rows()[0]!).toMatchObject({ phase: { kind: 'online' }, inRotation: true });
  });

  it('takes an instance that does not listen in time as online, warns, and gives it traffic once it listens', () => {
    const world = createTestWorld(specOf({ instances: 1 }));
    world.clock.pass(3000);
    expect(world.rows()[0]!).toMatchObject({ phase: { kind: 'online' }, inRotation: false });
    world.children[0]!.listen();
    expect(world.story().at(-1)).toBe('0 listening on :::80: traffic to 1 of 1');
  });

  it('ignores what an earlier run says too late', () => {
    const world = serving(specOf({ instances: 1 }));
    const [first] = world.children;
    first!.exit({ code: 1 });
    world.clock.pass(0);
    first!.tell('ready');
    first!.say({ act: 'uncaught', name: 'Error', message: 'late', code: null, port: null });
    expect(world.rows()[0]!.phase.kind).toBe('starting');
  });
});

describe('a line of input', () => {
  const type = (world: TestWorld, slot: number, end: { end?: string } = {}): string | null | undefined => {
    let outcome: string | null | undefined;
    world.supervisor.input({ slot, line: 'hello', ...end }, (error) => void (outcome = error));
    return outcome;
  };

  it('goes to the instance that holds the slot', () => {
    const world = serving(specOf({ mode: 'fork', instances: 2 }));
    expect(type(world, 1)).toBe(null);
    expect(world.children.map(({ got }) => got)).toEqual([[], ['hello\n']]);
    type(world, 0, { end: ';' });
    expect(world.children.map(({ got }) => got)).toEqual([['hello;'], ['hello\n']]);
  });

  it('is refused with the reason where nobody can read it', () => {
    const world = serving(specOf({ mode: 'fork', instances: 1 }));
    expect(type(world, 7)).toBe('it is not running');
    order(world, 'stop', [0]);
    world.children[0]!.exit({ signal: 'SIGINT' });
    expect(type(world, 0)).toBe('it is not running');
    expect(type(serving(), 0)).toContain('cluster mode');
  });
});

// Rollouts of a whole supervisor in a deterministic world: what is proven, what is taken away, and how it goes back.
import { describe, expect, it } from 'vitest';
import { releaseOf, specOf } from '../../test/spec.ts';
import { createTestWorld } from '../../test/world.ts';
import { held, inRotation, latest, leave, newest, nextRelease, obey, pids, roll, serving, slotsTo } from '../../test/rollout-kit.ts';

describe('a reload in cluster mode', () => {
  it('replaces one by one, each new one in rotation before the old one is asked to go', () => {
    const world = serving();
    expect(roll(world).answer()).toBeNull();
    expect(pids(world)).toEqual([1000, 1001, 1002]);
    expect(world.children[0]!.got).toEqual([]);
    newest(world).listen();
    expect(inRotation(world)).toEqual([1001, 1002]);
    expect(world.children[0]!.got).toEqual(['drain']);
    leave(world);
    newest(world).listen();
    leave(world);
    expect(latest(world)).toMatchObject({ phase: 'done', release: 2, failure: null });
    expect(held(world)).toEqual(['0 of 2 current', '1 of 2 current']);
    expect(world.supervisor.snapshot().release.number).toBe(2);
  });

  it('tells each step with its time, and the whole at the end', () => {
    const world = serving({ instances: 1 });
    roll(world);
    world.clock.pass(40);
    newest(world).listen();
    world.clock.pass(20);
    leave(world);
    expect(world.story().filter((line) => /reload|successor|predecessor/.test(line))).toEqual([
      'null reload: 1 instance to release 2, each new one ready before the old one leaves',
      '0 successor launched (0ms)',
      '0 successor ready (40ms)',
      '0 successor in rotation (0ms)',
      '0 predecessor out of rotation (0ms)',
      '0 predecessor drained (20ms)',
      '0 predecessor stopped (0ms)',
      'null reload done: 1 instance in 60 ms',
    ]);
  });

  it('publishes the release with the last state, and with no other', () => {
    const world = serving({ instances: 1 });
    roll(world);
    newest(world).listen();
    leave(world);
    const told = world.facts.flatMap(({ rollout }) => (rollout === null ? [] : [[rollout.state.phase, rollout.release?.number ?? null]]));
    expect(told.at(-1)).toEqual(['done', 2]);
    expect(told.slice(0, -1).every(([phase, release]) => phase === 'running' && release === null)).toBe(true);
  });
});

describe('a successor that does not become ready', () => {
  it('crashes again and again: the rollout fails with its last lines, and the old set was never touched', () => {
    const world = serving({ maxRestarts: 3 });
    roll(world);
    for (let crash = 1; crash <= 3; crash += 1) {
      newest(world).write('err', `boom ${crash}\n`);
      newest(world).exit({ code: 1 });
      world.clock.pass(1);
    }
    expect(latest(world)).toMatchObject({
      phase: 'failed',
      failure: { reason: 'crashed', slot: 0, text: 'exited with code [1] (pid 1004)', lines: ['boom 3'] },
    });
    expect(world.living().map(({ pid, got }) => [pid, got])).toEqual([
      [1000, []],
      [1001, []],
    ]);
    expect(world.supervisor.snapshot().release.number).toBe(1);
    expect(world.story().at(-1)).toBe('null deploy failed (reload): crashed: exited with code [1] (pid 1004); the old version goes on');
  });

  it('never listens: that is a failure here, and retried under the restart policy', () => {
    const world = serving({ maxRestarts: 2, listenTimeoutMs: 500 });
    roll(world);
    for (let turn = 1; turn <= 2; turn += 1) {
      world.clock.pass(500);
      expect(newest(world).got).toEqual(['SIGINT']);
      leave(world);
    }
    expect(latest(world).failure).toMatchObject({
      reason: 'not-ready',
      text: 'not listening after 500 ms (listen_timeout)',
    });
    expect(pids(world)).toEqual([1000, 1001]);
  });
});

describe('ready', () => {
  const probe = {
    check: { kind: 'http', path: '/ready', port: null, tls: false, statuses: null },
    intervalMs: 1000,
    timeoutMs: 500,
    failures: 3,
    successes: 1,
    startPeriodMs: 2000,
  } as const;

  it('is the ready message where wait_ready is set, and listening as its predecessor did', () => {
    const world = serving({ instances: 1, waitReady: true });
    world.children[0]!.tell('ready');
    roll(world);
    newest(world).listen();
    world.clock.pass(5000);
    expect(world.children[0]!.got).toEqual([]);
    newest(world).tell('ready');
    expect(inRotation(world)).toEqual([1001]);
    expect(world.children[0]!.got).toEqual(['drain']);
  });

  it('is the first passing of the readiness probe as well, where there is one', () => {
    const world = serving({ instances: 1, readiness: probe });
    world.clock.pass(10);
    roll(world);
    newest(world).health = { ok: false, text: '503 Service Unavailable' };
    newest(world).listen();
    world.clock.pass(1500);
    expect(inRotation(world)).toEqual([1000]);
    newest(world).health = { ok: true, text: '200 OK' };
    world.clock.pass(300);
    expect(inRotation(world)).toEqual([1001]);
  });

  it('listens, but its probe never passes: probe-failed, with what the probe said', () => {
    const world = serving({ instances: 1, readiness: probe, maxRestarts: 1, listenTimeoutMs: 5000 });
    world.clock.pass(10);
    roll(world);
    newest(world).health = { ok: false, text: '503 Service Unavailable' };
    newest(world).listen();
    world.clock.pass(5000);
    leave(world);
    expect(latest(world).failure).toMatchObject({
      reason: 'probe-failed',
      text: 'its readiness probe has not passed after 5 s (listen_timeout); GET /ready: 503 Service Unavailable',
    });
    expect(inRotation(world)).toEqual([1000]);
  });

  it('is having lived for min_uptime where the predecessors never listened', () => {
    const spec = { instances: 1, minUptimeMs: 700 };
    const world = serving({ ...spec, mode: 'fork' });
    expect(world.rows()[0]!.phase.kind).toBe('online');
    world.children[0]!.holdsPort = false;
    roll(world);
    expect(latest(world).overlap).toBe('listens-not');
    expect(pids(world)).toEqual([1000, 1001]);
    world.clock.pass(699);
    expect(world.children[0]!.got).toEqual([]);
    world.clock.pass(1);
    expect(world.children[0]!.got).toEqual(['SIGINT']);
  });

  it('in a cluster as well: a queue worker there is proven by its uptime', () => {
    const world = createTestWorld(specOf({ instances: 1 }));
    world.clock.pass(3000);
    roll(Object.assign(world, { spec: specOf({ instances: 1 }) }));
    world.clock.pass(999);
    expect(latest(world).slots[0]!.action).toBe('await-ready');
    world.clock.pass(1);
    expect(latest(world).slots[0]!.action).toBe('drain');
  });

  it('is listen_timeout where the app wants it so, as under PM2', () => {
    const world = serving({ instances: 1, onListenTimeout: 'accept', listenTimeoutMs: 400 });
    roll(world);
    world.clock.pass(400);
    leave(world);
    expect(latest(world).phase).toBe('done');
    expect(pids(world)).toEqual([1001]);
  });

  it('takes 30 s at most where nothing is said', () => {
    const world = serving({ instances: 1, maxRestarts: 1 });
    roll(world);
    world.clock.pass(29_999);
    expect(newest(world).got).toEqual([]);
    world.clock.pass(1);
    expect(newest(world).got).toEqual(['SIGINT']);
  });
});

describe('bake_time', () => {
  it('keeps the old set whole until all new ones have lived that long, out of rotation', () => {
    const world = serving({ bakeTimeMs: 3000 });
    roll(world);
    newest(world).listen();
    newest(world).listen();
    world.clock.pass(2999);
    expect(inRotation(world)).toEqual([1000, 1001]);
    expect(pids(world)).toEqual([1000, 1001, 1002, 1003]);
    world.clock.pass(1);
    expect(inRotation(world)).toEqual([1001, 1002]);
    leave(world);
    leave(world);
    expect(latest(world).phase).toBe('done');
    expect(inRotation(world)).toEqual([1002, 1003]);
  });

  it('fails at once when one of them ends meanwhile: no request has met it', () => {
    const world = serving({ bakeTimeMs: 3000 });
    roll(world);
    newest(world).listen();
    newest(world).listen();
    world.clock.pass(1000);
    newest(world).write('err', 'Error: no database\n');
    newest(world).exit({ code: 1 });
    leave(world);
    expect(latest(world)).toMatchObject({
      phase: 'failed',
      failure: { reason: 'crashed-while-baking', slot: 1, text: 'exited with code [1] (pid 1003)', lines: ['Error: no database'] },
    });
    expect(inRotation(world)).toEqual([1000, 1001]);
    expect(pids(world)).toEqual([1000, 1001]);
  });

  it('is not asked of new slots alone', () => {
    const world = serving({ bakeTimeMs: 3000, instances: 1 });
    roll(world, { cause: 'scale', slots: slotsTo(2), replace: [] });
    newest(world).listen();
    expect(latest(world).phase).toBe('done');
  });

  it('in fork mode is lived through in place, and a crash leads back to the old release', () => {
    const world = serving({ mode: 'fork', instances: 1, bakeTimeMs: 3000, minUptimeMs: 100 });
    roll(world);
    leave(world);
    world.clock.pass(2000);
    expect(newest(world).options.cwd).toBe('/srv/2');
    newest(world).exit({ code: 1 });
    world.clock.pass(0);
    leave(world);
    world.clock.pass(0);
    expect(latest(world)).toMatchObject({ phase: 'failed', failure: { reason: 'crashed-while-baking' } });
    expect(newest(world).options.cwd).toBe('/srv');
    expect(pids(world)).toEqual([newest(world).pid]);
  });
});

describe('how many at a time', () => {
  it('as many as parallel says', () => {
    const world = serving({ instances: 4 });
    roll(world, { parallel: 2 });
    expect(pids(world)).toHaveLength(6);
    obey(world);
    expect(latest(world).phase).toBe('done');
  });

  it('all, with surge all: none leaves before every new one is ready', () => {
    const world = serving({ instances: 3 });
    roll(world, { surge: 'all' });
    expect(pids(world)).toHaveLength(6);
    world.children[3]!.listen();
    world.children[4]!.listen();
    expect(inRotation(world)).toEqual([1000, 1001, 1002]);
    world.children[5]!.listen();
    expect(inRotation(world)).toEqual([1003, 1004, 1005]);
  });
});

describe('in fork mode with a port of its own', () => {
  it('replaces in place, with a gap, and says so', () => {
    const world = serving({ mode: 'fork', instances: 1, minUptimeMs: 100 });
    roll(world);
    expect(world.story()).toContain(
      'null reload: 1 instance to release 2, with a short gap each: in fork mode two instances cannot share its port',
    );
    expect(pids(world)).toEqual([1000]);
    leave(world);
    world.clock.pass(100);
    expect(latest(world)).toMatchObject({ phase: 'done', overlap: 'none' });
    expect(held(world)).toEqual(['0 of 2 current']);
  });

  it('starts the old release again when the new one does not live', () => {
    const world = serving({ mode: 'fork', instances: 1, maxRestarts: 2, minUptimeMs: 100 });
    roll(world);
    leave(world);
    for (const _ of [1, 2]) {
      newest(world).write('out', 'no port given\n');
      newest(world).exit({ code: 3 });
      world.clock.pass(0);
    }
    expect(newest(world).options.cwd).toBe('/srv');
    expect(latest(world)).toMatchObject({ phase: 'failed', failure: { reason: 'crashed', lines: ['no port given'] } });
    expect(held(world)).toEqual(['0 of 1 current']);
    expect(world.rows()[0]!.phase.kind).toBe('online');
  });

  it('also where it has listened but does not do so at this moment', () => {
    const world = serving({ mode: 'fork', instances: 1 });
    world.children[0]!.holdsPort = false;
    world.children[0]!.say({ act: 'listens', port: 80, reusesPort: false });
    roll(world);
    expect(latest(world).overlap).toBe('none');
  });

  it('comes back from the old release where another configuration takes it over in the gap', () => {
    const world = serving({ mode: 'fork', instances: 1 });
    roll(world);
    const release = { ...nextRelease(world), number: 3 };
    world.supervisor.command({ type: 'apply', release, slots: slotsTo(1), start: false, orphans: [] }, () => {});
    leave(world);
    expect(newest(world).options.cwd).toBe('/srv');
  });

  it('overlaps where the app shares its port', () => {
    const world = serving({ mode: 'fork', instances: 1, minUptimeMs: 100 });
    world.children[0]!.say({ act: 'listens', port: 80, reusesPort: true });
    roll(world);
    expect(latest(world).overlap).toBe('shares-port');
    expect(pids(world)).toEqual([1000, 1001]);
  });
});

describe('the way back', () => {
  it('puts what had been replaced back to the release before, by the same mechanism', () => {
    const world = serving({ maxRestarts: 1 });
    roll(world);
    newest(world).listen();
    leave(world);
    newest(world).exit({ code: 1 });
    world.clock.pass(0);
    expect(latest(world)).toMatchObject({ phase: 'undoing', failure: { reason: 'crashed', slot: 1 } });
    expect(world.story()).toContain('null going back: 1 instance to the release before');
    expect(newest(world).options.cwd).toBe('/srv');
    expect(inRotation(world)).toEqual([1001, 1002]);
    newest(world).listen();
    expect(inRotation(world)).toEqual([1001, 1004]);
    leave(world);
    expect(latest(world).phase).toBe('failed');
    expect(held(world).toSorted()).toEqual(['0 of 1 current', '1 of 1 current']);
  });

  it('is taken when a new one crashes for good after it had taken over', () => {
    const world = serving({ maxRestarts: 1 });
    roll(world);
    newest(world).listen();
    leave(world);
    world.children[2]!.exit({ code: 9 });
    world.clock.pass(0);
    expect(latest(world)).toMatchObject({ phase: 'undoing', failure: { slot: 0 } });
    obey(world);
    expect(held(world).toSorted()).toEqual(['0 of 1 current', '1 of 1 current']);
  });

  it('does not replace what the same release has already', () => {
    const world = serving({ maxRestarts: 1 });
    roll(world, { release: { ...nextRelease(world), number: 1 } });
    newest(world).listen();
    leave(world);
    newest(world).exit({ code: 1 });
    world.clock.pass(0);
    expect(latest(world).phase).toBe('failed');
    expect(pids(world)).toEqual([1001, 1002]);
  });

  it('is taken when rollout_timeout passes, and says where it stood', () => {
    const world = serving({ rolloutTimeoutMs: 5000, listenTimeoutMs: 60_000 });
    roll(world);
    newest(world).listen();
    leave(world);
    world.clock.pass(5000);
    expect(latest(world)).toMatchObject({
      phase: 'undoing',
      failure: { reason: 'rollout-timeout', text: 'not done after 5 s (rollout_timeout); instance 1 at await-ready' },
    });
    obey(world);
    expect(latest(world).phase).toBe('failed');
    expect(held(world).toSorted()).toEqual(['0 of 1 current', '1 of 1 current']);
  });

  it('is not taken where only old ones are still on their way out', () => {
    const world = serving({ instances: 1, rolloutTimeoutMs: 3000 });
    roll(world);
    newest(world).listen();
    world.clock.pass(60_000);
    leave(world);
    expect(latest(world).phase).toBe('done');
  });

  it('ends although nothing can be put back', () => {
    const world = serving({ maxRestarts: 1, rolloutTimeoutMs: 20_000 });
    roll(world);
    newest(world).listen();
    leave(world);
    newest(world).exit({ code: 1 });
    world.clock.pass(0);
    newest(world).exit({ code: 1 });
    leave(world);
    expect(latest(world)).toMatchObject({ phase: 'failed', failure: { slot: 1 } });
    expect(inRotation(world)).toEqual([1001, 1002]);
    expect(held(world).toSorted()).toEqual(['0 of 2 current', '1 of 1 current']);
  });
});

describe('instances that were down', () => {
  it('are started by a rollout', () => {
    const world = serving();
    world.supervisor.command({ type: 'stop', slots: [0, 1] }, () => {});
    leave(world);
    roll(world);
    obey(world);
    expect(latest(world).phase).toBe('done');
    expect(held(world)).toEqual(['0 of 2 current', '1 of 2 current']);
  });

  it.each(['cluster', 'fork'] as const)('are down again when it fails, in %s mode', (mode) => {
    const world = serving({ mode, instances: 1, maxRestarts: 1 });
    world.supervisor.command({ type: 'stop', slots: [0] }, () => {});
    leave(world);
    roll(world);
    newest(world).exit({ code: 1 });
    world.clock.pass(0);
    expect(latest(world).phase).toBe('failed');
    expect(pids(world)).toEqual([]);
    expect(world.rows().map(({ slot, goal }) => [slot, goal])).toEqual([[0, 'down']]);
  });

  it('cannot be started: no such interpreter', () => {
    const world = serving({ maxRestarts: 2 });
    world.launchError = 'there is no /opt/nowhere/node';
    roll(world);
    world.clock.pass(10);
    expect(latest(world).failure).toMatchObject({ reason: 'cannot-be-started', text: 'there is no /opt/nowhere/node' });
    expect(inRotation(world)).toEqual([1000, 1001]);
  });
});

describe('other commands meanwhile', () => {
  it.each(['stop', 'restart', 'remove'] as const)('a %s of one of its slots takes it over: the rest goes back', (type) => {
    const world = serving();
    roll(world);
    newest(world).listen();
    leave(world);
    world.supervisor.command({ type, slots: [1] }, () => {});
    expect(latest(world)).toMatchObject({
      phase: 'undoing',
      failure: { reason: 'taken-over', text: `a ${type === 'remove' ? 'delete' : type} was asked for meanwhile` },
    });
    obey(world);
    expect(latest(world).phase).toBe('failed');
    expect(held(world).toSorted()).toEqual(type === 'remove' ? ['0 of 1 current'] : ['0 of 1 current', `1 of 1 current`]);
    expect(pids(world)).toHaveLength(type === 'restart' ? 2 : 1);
  });

  it('a stop of everything leaves nothing behind, at whatever step', () => {
    const world = serving();
    roll(world, { surge: 'all' });
    world.children[2]!.listen();
    world.supervisor.command({ type: 'stop', slots: [0, 1] }, () => {});
    leave(world);
    leave(world);
    expect(pids(world)).toEqual([]);
    expect(world.rows().map(({ slot, phase }) => [slot, phase.kind])).toEqual([
      [0, 'stopped'],
      [1, 'stopped'],
    ]);
  });

  it('a start or a reset is none of its business', () => {
    const world = serving();
    roll(world);
    for (const type of ['start', 'reset'] as const) world.supervisor.command({ type, slots: [0, 1] }, () => {});
    obey(world);
    expect(latest(world).phase).toBe('done');
  });

  it('a daemon that has come back applies what is already so: it goes on', () => {
    const world = serving();
    roll(world);
    world.supervisor.command({ type: 'apply', release: releaseOf(world.spec), slots: slotsTo(2), start: false, orphans: [] }, () => {});
    obey(world);
    expect(latest(world)).toMatchObject({ phase: 'done', release: 2 });
  });

  it('a second rollout is refused with a clear word', () => {
    const world = serving();
    roll(world);
    expect(roll(world).answer()).toBe('a reload of api is under way');
    obey(world);
    expect(roll(world).answer()).toBeNull();
  });

  it('a change of the mode is refused', () => {
    const world = serving();
    expect(roll(world, { release: nextRelease(world, { mode: 'fork' }) }).answer()).toBe(
      'api changes between fork and cluster mode: that takes a restart',
    );
  });
});

describe('scale', () => {
  it('adds and removes: new ones first, old ones last', () => {
    const world = serving({ instances: 2 });
    roll(world, { cause: 'scale', slots: slotsTo(4), replace: [], parallel: 2 });
    expect(pids(world)).toHaveLength(4);
    obey(world);
    expect(held(world)).toEqual(['0 of 1 current', '1 of 1 current', '2 of 2 current', '3 of 2 current']);
    roll(world, { cause: 'scale', slots: slotsTo(1), replace: [] });
    obey(world);
    expect(held(world)).toEqual(['0 of 1 current']);
    expect(latest(world).phase).toBe('done');
  });

  it('takes new ones away again when one of them does not come', () => {
    const world = serving({ instances: 1, maxRestarts: 1 });
    roll(world, { cause: 'scale', slots: slotsTo(3), replace: [] });
    newest(world).listen();
    newest(world).exit({ code: 1 });
    world.clock.pass(0);
    leave(world);
    expect(latest(world)).toMatchObject({ phase: 'failed', failure: { slot: 2 } });
    expect(held(world)).toEqual(['0 of 1 current']);
  });
});

describe('memory over the limit meanwhile', () => {
  const GB = 2 ** 30;

  it('a rollout that meets a replacement waits for it, then begins', () => {
    const world = serving({ maxMemoryBytes: GB });
    world.children[0]!.rssBytes = 2 * GB;
    world.clock.pass(15_000);
    expect(pids(world)).toHaveLength(3);
    const { answer } = roll(world);
    expect(answer()).toBeUndefined();
    newest(world).listen();
    leave(world);
    expect(answer()).toBeNull();
    obey(world);
    expect(latest(world)).toMatchObject({ cause: 'reload', phase: 'done' });
    expect(pids(world)).toHaveLength(2);
  });

  it('a rollout that waits does so no longer than its own rollout_timeout', () => {
    const world = serving({ maxMemoryBytes: GB, rolloutTimeoutMs: 20_000 });
    world.children[0]!.rssBytes = 2 * GB;
    world.clock.pass(15_000);
    const { answer } = roll(world, { release: nextRelease(world, { rolloutTimeoutMs: 1000 }) });
    expect(roll(world).answer()).toBe('another rollout of api waits already');
    world.clock.pass(1000);
    expect(answer()).toBe('one of its instances was not replaced in time');
  });

  it('a rollout that waits is dropped when a command takes its slots over', () => {
    const world = serving({ maxMemoryBytes: GB });
    world.children[0]!.rssBytes = 2 * GB;
    world.clock.pass(15_000);
    const { answer } = roll(world);
    world.supervisor.command({ type: 'stop', slots: [0, 1] }, () => {});
    expect(answer()).toBe('a stop was asked for meanwhile');
    leave(world);
    leave(world);
    expect(pids(world)).toEqual([]);
  });

  it('a replacement that meets a rollout waits for its end', () => {
    const world = serving({ maxMemoryBytes: GB, listenTimeoutMs: 60_000 });
    roll(world, { slots: slotsTo(2), replace: [0] });
    world.children[1]!.rssBytes = 2 * GB;
    world.clock.pass(25_000);
    expect(pids(world)).toHaveLength(3);
    newest(world).listen();
    leave(world);
    world.clock.pass(5000);
    expect(world.story()).toContain('1 memory 2 GB over the limit 1 GB: replacing gracefully');
    expect(latest(world)).toMatchObject({ cause: 'memory', phase: 'running' });
  });

  it('gives up at the first successor that is not ready, and the old one goes on', () => {
    const world = serving({ maxMemoryBytes: GB });
    world.children[0]!.rssBytes = 2 * GB;
    world.clock.pass(45_000);
    leave(world);
    expect(latest(world)).toMatchObject({ cause: 'memory', phase: 'failed' });
    expect(world.story()).toContain('0 could not be replaced, the old one goes on: not listening after 30 s (listen_timeout)');
    expect(world.story().some((line) => line.startsWith('null'))).toBe(false);
    expect(pids(world)).toEqual([1000, 1001]);
  });
});

// Rollouts of a whole supervisor in a deterministic world: what is proven, what is taken away, and how it goes back.
import { describe, expect, it } from 'vitest';
import { releaseOf, specOf } from '../../test/spec.ts';
import { createTestWorld } from '../../test/world.ts';
import type { FakeChild, TestWorld } from '../../test/world.ts';
import type { AppSpec } from '../model/app-spec.ts';
import type { RolloutState } from '../model/rollout.ts';
import type { RolloutCommand } from './rollouts.ts';

const DRAINED = { idleClosed: 0, finished: 0, cut: 0, toldToGo: 0, tookMs: 0 };

/** An app that serves; its children leave as soon as they are asked to. */
function serving(fields: Partial<AppSpec> = {}): TestWorld & { readonly spec: AppSpec } {
  const spec = specOf(fields);
  const world = createTestWorld(spec);
  for (const child of world.children) child.listen();
  world.clock.pass(0);
  return { ...world, spec };
}

/** Begins a rollout to release 2; answers what the supervisor answered. */
function roll(world: TestWorld & { spec: AppSpec }, fields: Partial<RolloutCommand> = {}): string | null | undefined {
  const { spec } = world;
  let answer: string | null | undefined;
  const slots = Array.from({ length: spec.instances }, (_, slot) => ({ slot, id: slot }));
  const command: RolloutCommand = {
    type: 'rollout',
    cause: 'reload',
    release: releaseOf(spec, 2),
    slots,
    replace: slots.map(({ slot }) => slot),
    parallel: 1,
    surge: 'one',
    ...fields,
  };
  world.supervisor.rollout(command, (error) => void (answer = error));
  world.clock.pass(0);
  return answer;
}

const latest = (world: TestWorld): RolloutState => world.supervisor.snapshot().rollout!;
const newest = (world: TestWorld): FakeChild => world.children.at(-1)!;
const serves = (world: TestWorld): number[] => world.rows().flatMap((row) => (row.inRotation ? [row.process!.pid] : []));

/** Every child that was asked to go goes. */
function leave(world: TestWorld): void {
  for (const child of world.living()) {
    if (child.got.includes('drain') && !child.got.includes('SIGINT')) child.say({ act: 'drained', report: DRAINED });
    if (child.got.includes('SIGINT')) child.exit({ signal: 'SIGINT' });
  }
  world.clock.pass(0);
}

describe('a reload in cluster mode', () => {
  it('replaces one by one, each new one in rotation before the old one is asked to go', () => {
    const world = serving();
    expect(roll(world)).toBeNull();
    expect(world.living().map(({ pid }) => pid)).toEqual([1000, 1001, 1002]);
    expect(world.children[0]!.got).toEqual([]);
    newest(world).listen();
    expect(serves(world)).toEqual([1001, 1002]);
    expect(world.children[0]!.got).toEqual(['drain']);
    leave(world);
    newest(world).listen();
    leave(world);
    expect(latest(world)).toMatchObject({ phase: 'done', release: 2, failure: null });
    expect(world.rows().map(({ slot, release, role }) => [slot, release, role])).toEqual([
      [0, 2, 'current'],
      [1, 2, 'current'],
    ]);
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
      text: 'not listening after 500 ms (listen_timeout): it counts as a crash',
    });
    expect(world.living().map(({ pid }) => pid)).toEqual([1000, 1001]);
  });
});

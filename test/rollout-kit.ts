// What the tests of rollouts share: an app that serves in a deterministic world, and how a rollout of it is asked for and played.
import type { AppSpec } from '../src/model/app-spec.ts';
import type { Release } from '../src/model/release.ts';
import type { RolloutState } from '../src/model/rollout.ts';
import type { RolloutCommand } from '../src/supervisor/rollouts.ts';
import { releaseOf, specOf } from './spec.ts';
import { createTestWorld } from './world.ts';
import type { FakeChild, TestWorld } from './world.ts';

const DRAINED = { idleClosed: 0, finished: 0, cut: 0, toldToGo: 0, tookMs: 0 };

/** A world with the spec it began with. */
export type ServingWorld = TestWorld & { readonly spec: AppSpec };

/** An app whose instances listen where they are of a cluster. */
export function serving(fields: Partial<AppSpec> = {}): ServingWorld {
  const spec = specOf(fields);
  const world = createTestWorld(spec);
  if (spec.mode === 'cluster') for (const child of world.children) child.listen();
  world.clock.pass(0);
  return Object.assign(world, { spec });
}

export const slotsTo = (count: number): { slot: number; id: number }[] => Array.from({ length: count }, (_, slot) => ({ slot, id: slot }));

/** The release that `roll` brings: number 2, in folders of its own. */
export function nextRelease(world: ServingWorld, fields: Partial<AppSpec> = {}): Release {
  return { ...releaseOf({ ...world.spec, ...fields }, 2), cwd: '/srv/2', script: '/srv/2/app.js' };
}

/** Begins a rollout of every slot; answers what the supervisor answered: null when it has begun, undefined while it waits. */
export function roll(world: ServingWorld, fields: Partial<RolloutCommand> = {}): { readonly answer: () => string | null | undefined } {
  let answer: string | null | undefined;
  const slots = fields.slots ?? slotsTo(world.spec.instances);
  const command: RolloutCommand = {
    type: 'rollout',
    cause: 'reload',
    release: nextRelease(world),
    slots,
    replace: slots.map(({ slot }) => slot),
    parallel: 1,
    surge: 'one',
    ...fields,
  };
  world.supervisor.rollout(command, (error) => void (answer = error));
  world.clock.pass(0);
  return { answer: () => answer };
}

export const latest = (world: TestWorld): RolloutState => world.supervisor.snapshot().rollout!;
export const newest = (world: TestWorld): FakeChild => world.children.at(-1)!;
export const pids = (world: TestWorld): number[] => world.living().map(({ pid }) => pid);
/** Pids of those in rotation. */
export const inRotation = (world: TestWorld): number[] => world.rows().flatMap((row) => (row.inRotation ? [row.process!.pid] : []));
/** Slot, number of the release and role of each instance. */
export const held = (world: TestWorld): string[] => world.rows().map(({ slot, release, role }) => `${slot} of ${release} ${role}`);

/** Every child that was asked to go goes. */
export function leave(world: TestWorld): void {
  for (const child of world.living()) {
    if (child.got.includes('drain') && !child.got.includes('SIGINT')) child.say({ act: 'drained', report: DRAINED });
    if (child.got.includes('SIGINT')) child.exit({ signal: 'SIGINT' });
  }
  world.clock.pass(0);
}

/** All that is asked of the children they do, until nothing is left to do. */
export function obey(world: TestWorld): void {
  for (let turn = 0; turn < 50; turn += 1) {
    for (const child of world.living()) if (!child.isListening) child.listen();
    leave(world);
  }
}

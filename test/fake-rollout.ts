// A rollout as a test wants it to go: the fake host begins it, the test says what comes of it.
import type { EventBody } from '../src/model/event.ts';
import type { HostCommand, InstanceRow } from '../src/model/protocol.ts';
import type { Release } from '../src/model/release.ts';
import type { FailedRollout, RolloutState } from '../src/model/rollout.ts';

export type RolloutCommand = Extract<HostCommand, { readonly type: 'rollout' }>;

/** One rollout that has begun. */
export interface FakeRollout {
  readonly command: RolloutCommand;
  readonly state: RolloutState;
  /** One slot is through: its new instance serves. */
  replace(slot: number): void;
  /** All that is left is done, and the release is the app's from now on. */
  succeed(): void;
  /** What it has added is gone, what it has replaced is put back. */
  fail(failure?: Partial<FailedRollout>): void;
  /** A command is about some slots: where they are its own it fails. */
  takeOver(taken: readonly number[], by: string): void;
}

/** What it does to the host it runs in. */
export interface FakeRolloutWorld {
  create(slot: number): void;
  /** The slot gets another instance. */
  renew(slot: number, release: number): void;
  remove(slot: number): void;
  rows(): readonly InstanceRow[];
  publish(state: RolloutState, release: Release | null, event: EventBody | null): void;
}

/** Begins: successors are not there yet. */
export function createFakeRollout(command: RolloutCommand, world: FakeRolloutWorld): FakeRollout {
  const { cause, release, replace, slots } = command;
  const before = new Set(world.rows().map((row) => row.slot));
  const added = slots.map(({ slot }) => slot).filter((slot) => !before.has(slot));
  const removed = [...before].filter((slot) => !slots.some((one) => one.slot === slot));
  const touched = [...replace, ...added, ...removed];
  const through = new Set<number>();
  let state: RolloutState = {
    cause,
    release: release.number,
    overlap: 'balanced',
    phase: 'running',
    startedAt: Date.now(),
    endedAt: null,
    slots: touched.map((slot) => ({ slot, action: 'start-successor', begun: false, sinceAt: null, steps: [] })),
    failure: null,
  };
  const change = (differs: Partial<RolloutState>, current: Release | null = null, event: EventBody | null = null): void => {
    state = { ...state, ...differs };
    world.publish(state, current, event);
  };

  function finish(slot: number): void {
    through.add(slot);
    if (removed.includes(slot)) return world.remove(slot);
    if (added.includes(slot)) world.create(slot);
    world.renew(slot, release.number);
    change({ slots: state.slots.map((one) => (one.slot === slot ? { ...one, action: null, begun: true } : one)) });
  }

  function fail(differs: Partial<FailedRollout> = {}): void {
    const failure: FailedRollout = {
      reason: 'crashed',
      slot: touched[0] ?? null,
      text: 'exited with code [1]',
      lines: ['oh no'],
      ...differs,
    };
    for (const slot of added) if (through.has(slot)) world.remove(slot);
    for (const slot of replace) if (through.has(slot)) world.renew(slot, 1);
    change({ phase: 'failed', endedAt: Date.now(), failure }, null, { kind: 'rollout-failed', cause, ...failure });
  }

  change({}, null, { kind: 'rollout-started', cause, release: release.number, slots: touched.length, overlap: 'balanced' });
  return {
    command,
    get state() {
      return state;
    },
    replace: finish,
    succeed() {
      for (const slot of touched) if (!through.has(slot)) finish(slot);
      change({ phase: 'done', endedAt: Date.now() }, release, { kind: 'rollout-done', cause, slots: touched.length, tookMs: 1 });
    },
    fail,
    takeOver(taken, by) {
      if (state.phase !== 'running' || !touched.some((slot) => taken.includes(slot))) return;
      fail({ reason: 'taken-over', text: `a ${by} was asked for meanwhile` });
    },
  };
}

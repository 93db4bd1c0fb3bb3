// Which rollout in the registry is the one that was asked for.
import { beforeEach, describe, expect, it } from 'vitest';
import type { RolloutState } from '../../model/rollout.ts';
import { RolloutWatch } from './rollout-watch.ts';
import type { RolloutEnd } from './rollout-watch.ts';

const state = (differs: Partial<RolloutState> = {}): RolloutState => ({
  cause: 'reload',
  release: 2,
  overlap: 'balanced',
  phase: 'running',
  startedAt: 100,
  endedAt: null,
  slots: [{ slot: 0, action: 'await-ready', begun: true, sinceAt: 100, steps: [] }],
  failure: null,
  ...differs,
});
const FAILED = state({ phase: 'failed', endedAt: 100 });

let latest: RolloutState | null;
let watch: RolloutWatch;
let changes: number;
beforeEach(() => {
  latest = null;
  changes = 0;
  watch = new RolloutWatch({ latest: () => latest, changed: () => void (changes += 1) });
});
const tell = (next: RolloutState): void => {
  latest = next;
  watch.look('web');
};
const ask = (): Promise<RolloutEnd> => watch.ofNew('web', 'reload', async () => {});

describe('a new rollout', () => {
  it('is told with each change, until its end', async () => {
    const end = ask();
    tell(state());
    expect([watch.views(), watch.waits('web'), changes]).toEqual([[{ app: 'web', rollout: state() }], true, 1]);
    watch.look('web');
    expect(changes).toBe(1);
    tell(state({ phase: 'done', endedAt: 300 }));
    tell(state({ startedAt: 400 }));
    expect(await end).toMatchObject({ kind: 'ended', state: { phase: 'done' } });
    expect([watch.views()[0]!.rollout.phase, watch.waits('web')]).toEqual(['done', false]);
  });

  it('is not the one before, told once more or on its way back', () => {
    latest = FAILED;
    void ask();
    tell({ ...FAILED });
    expect(watch.views()).toEqual([]);
    latest = state({ phase: 'undoing' });
    void ask();
    tell(FAILED);
    expect(watch.views()).toEqual([]);
  });

  it('may begin, and end, in the very millisecond of the one before', async () => {
    latest = FAILED;
    const end = ask();
    tell(state());
    tell({ ...FAILED });
    expect(await end).toMatchObject({ kind: 'ended', state: { phase: 'failed' } });
  });

  it('is not what a host does by itself meanwhile', () => {
    void ask();
    tell(state({ cause: 'memory', phase: 'done', endedAt: 150 }));
    expect(watch.views()).toEqual([]);
  });

  it('fails with the host that refuses it', async () => {
    await expect(watch.ofNew('web', 'reload', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});

describe('a later command', () => {
  it('ends the waiting, also before the host has answered', async () => {
    const end = watch.ofNew('web', 'reload', () => new Promise(() => {}));
    watch.overtaken('web', new Set([0]));
    expect(await end).toEqual({ kind: 'let-go', text: 'a later command stopped it' });
  });

  it('about other instances does so too, and the rollout goes on', async () => {
    const end = ask();
    tell(state());
    watch.overtaken('web', new Set([1]));
    expect(await end).toEqual({ kind: 'let-go', text: 'it goes on, but a later command does not wait for it' });
  });
});

it('a rollout that somebody else has begun is followed where it is', async () => {
  latest = state();
  const end = watch.ofPresent('web', 'reload');
  expect(watch.views()).toHaveLength(1);
  tell(FAILED);
  expect(await end).toEqual({ kind: 'ended', state: FAILED });
});

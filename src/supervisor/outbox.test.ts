// In which order facts leave the host, and what waits for the disk.
import { describe, expect, it } from 'vitest';
import type { RolloutCause, RolloutState } from '../model/rollout.ts';
import { createOutbox } from './outbox.ts';

const plain = (app: string) => ({ event: null, row: null, removed: { app, key: 1 }, rollout: null });
const rollout = (app: string, phase: RolloutState['phase'], cause: RolloutCause = 'reload') => {
  const state = { cause, release: 1, overlap: 'balanced', phase, startedAt: 0, endedAt: 1, slots: [], failure: null } as const;
  return { event: null, row: null, removed: null, rollout: { app, state, release: null } };
};

/** An outbox whose disk is as slow as the test wants. */
function createBox() {
  const left: string[] = [];
  const writes: (() => void)[] = [];
  const put = createOutbox({
    deliver: ({ removed, rollout: about }) => void left.push(removed?.app ?? about!.app),
    written: () => new Promise((resolve) => void writes.push(resolve)),
  });
  const write = async (): Promise<void> => {
    writes.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { put, left, writes, write };
}

describe('the outbox of a host', () => {
  it('tells that a rollout is done when that is on disk, and what came behind it after that', async () => {
    const { put, left, write } = createBox();
    put(plain('before'));
    put(rollout('web', 'done'));
    put(plain('behind'));
    expect(left).toEqual(['before']);
    await write();
    expect(left).toEqual(['before', 'web', 'behind']);
    put(plain('later'));
    expect(left.at(-1)).toBe('later');
  });

  it('waits once more for the end of another that came while it was written', async () => {
    const { put, left, writes, write } = createBox();
    put(rollout('one', 'done'));
    put(plain('between'));
    put(rollout('two', 'done'));
    expect(writes).toHaveLength(1);
    await write();
    expect(left).toEqual(['one', 'between']);
    await write();
    expect([left, writes.length]).toEqual([['one', 'between', 'two'], 0]);
  });

  it('holds up nothing else: not a rollout that is under way or has failed, nor one that nobody has asked for', () => {
    const { put, left } = createBox();
    put(rollout('running', 'running'));
    put(rollout('failed', 'failed'));
    put(rollout('memory', 'done', 'memory'));
    expect(left).toEqual(['running', 'failed', 'memory']);
  });
});

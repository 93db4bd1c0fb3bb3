// How rollouts are told that went well, failed, or left less behind than there was.
import { describe, expect, it } from 'vitest';
import { appsReply, instanceView, rolloutSlot, rolloutState } from '../../../test/canned-views.ts';
import type { InstanceView } from '../../model/view.ts';
import type { RolloutState } from '../../model/rollout.ts';
import { NOW } from '../../../test/run-cli.ts';
import { createPalette } from './colour.ts';
import { renderRolloutEnd } from './rollout-end.ts';
import type { OperationText } from './operation.ts';

const palette = createPalette(false);
const FAILURE = { reason: 'not-ready', slot: null, text: 'not listening after 30 s', lines: [] } as const;
const ended: Partial<RolloutState> = { phase: 'failed', endedAt: NOW, failure: FAILURE };

function told(differs: Partial<RolloutState>, instances: readonly Partial<InstanceView>[] = [{}]): OperationText {
  const { apps } = instances.length === 0 ? { apps: [] } : appsReply(instances.map((one, id) => instanceView({ id, slot: id, ...one })));
  return renderRolloutEnd(
    { app: 'api', rollout: rolloutState(differs) },
    { verb: 'reload', again: 'holdfast reload api', apps, palette, errPalette: palette },
  );
}

const lineOf = (differs: Partial<RolloutState>, instances: readonly Partial<InstanceView>[]): string =>
  told({ ...ended, ...differs }, instances).err.split('\n')[1]!;

describe('the end of a rollout', () => {
  const replaced = rolloutSlot(0, ['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop']);
  const inPlace = rolloutSlot(1, ['leave', 'drain', 'stop', 'start', 'await-ready', 'join']);
  const started = rolloutSlot(2, ['start', 'await-ready', 'join']);
  const removed = rolloutSlot(3, ['leave', 'drain', 'stop']);
  it.each([
    ['reload', [replaced, inPlace], '2 instances reloaded in 3 s, release 4'],
    ['reload', [replaced, started], '1 instance reloaded, 1 started in 3 s, release 4'],
    ['config', [replaced, removed], '1 instance reloaded, 1 removed in 3 s, release 4'],
    ['rollback', [inPlace], '1 instance rolled back in 3 s, release 4'],
    ['scale', [started], '1 instance started in 3 s'],
    ['scale', [removed], '1 instance removed in 3 s'],
    ['reload', [], 'nothing was to be done in 3 s, release 4'],
  ] as const)('%s that went well', (cause, slots, text) => {
    expect(told({ cause, phase: 'done', endedAt: NOW, slots })).toEqual({ out: `[holdfast] api: ${text}\n`, err: '' });
  });

  it('that failed has the word of its reason, and no heading without lines', () => {
    expect(told(ended)).toEqual({
      out: '',
      err: '[holdfast] Cannot reload api: not-ready: not listening after 30 s.\n  The old version goes on serving (1 of 1).\n  Next: holdfast logs api\n        holdfast reload api\n',
    });
  });

  it('says truthfully who serves', () => {
    const leaving = { role: 'leaving', status: 'draining' } as const;
    expect(lineOf({}, [{}, { inRotation: false }, { id: 1, ...leaving }])).toBe('  The old version goes on serving (1 of 2).');
    expect(lineOf({}, [{ inRotation: null }])).toBe('  The old version goes on serving (1 of 1).');
    expect(lineOf({}, [{ status: 'errored' }])).toBe('  Nothing of it is serving now.');
    expect(lineOf({}, [])).toBe('  Nothing of it is serving now.');
    expect(lineOf({ cause: 'scale' }, [{}, {}])).toBe('  What was there goes on serving (2 of 2).');
  });

  it('says where old code may be gone: what was put back, from the same release', () => {
    const slots = [
      rolloutSlot(0, ['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop']),
      rolloutSlot(1, ['start'], 'await-ready'),
    ];
    expect(lineOf({ slots, release: 1 }, [{}, {}])).toBe(
      '  The old version goes on serving (2 of 2). api:0 had been replaced already, and runs what its files hold now.',
    );
    expect(lineOf({ slots, release: 2 }, [{}, {}])).toBe('  The old version goes on serving (2 of 2).');
  });

  it('is not told before it has ended', () => {
    expect(told({})).toEqual({ out: '', err: '' });
    expect(told({ phase: 'undoing', failure: FAILURE })).toEqual({ out: '', err: '' });
  });
});

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
  it.each([
    ['reload', '1 instance reloaded'],
    ['config', '1 instance reloaded with new settings'],
    ['rollback', '1 instance rolled back'],
    ['scale', '1 instance added or removed'],
  ] as const)('%s that went well', (cause, text) => {
    const rollout = { cause, phase: 'done', endedAt: NOW, slots: [rolloutSlot(0, [])] } as const;
    expect(told(rollout)).toEqual({ out: `[holdfast] api: ${text} in 3 s, release 4\n`, err: '' });
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

  it('is not told before it has ended', () => {
    expect(told({})).toEqual({ out: '', err: '' });
    expect(told({ phase: 'undoing', failure: FAILURE })).toEqual({ out: '', err: '' });
  });
});

// The order of the steps that replace slots one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRollout } from './rollout.ts';
import type { RolloutAction } from './rollout.ts';

const actionsOf = (overlap: boolean): RolloutAction[] => planRollout({ slots: [3], parallel: 1, overlap }).map((step) => step.action);

describe('planRollout', () => {
  it('with overlap, proves the successor and gives it traffic before the old one leaves', () => {
    expect(actionsOf(true)).toEqual(['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop']);
  });

  it('without overlap, ends the old one before the new one starts', () => {
    expect(actionsOf(false)).toEqual(['leave', 'drain', 'stop', 'start', 'await-ready', 'join']);
  });

  it('finishes one slot before it touches the next, in the order given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50)), fc.boolean(), (slots, overlap) => {
        const plan = planRollout({ slots, parallel: 1, overlap });
        expect(plan.filter((step, index) => step.slot !== plan[index - 1]?.slot).map((step) => step.slot)).toEqual(slots);
        expect(plan).toHaveLength(slots.length * 6);
      }),
    );
  });
});

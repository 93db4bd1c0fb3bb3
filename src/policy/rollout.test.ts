// Plans of rollouts: the tables of their forms, and what holds for all of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOverlap, planRollout } from './rollout.ts';
import type { RolloutInput, RolloutPlan } from './rollout.ts';

const INPUT: RolloutInput = { replace: [0, 1], add: [], remove: [], parallel: 1, surge: 'one', overlap: true, bakes: false };

/** One line a wave: `0 start-successor await-ready | 1 ...`. */
const shown = (input: Partial<RolloutInput>): string[] =>
  planRollout({ ...INPUT, ...input }).waves.map((wave) => wave.map(({ slot, actions }) => [slot, ...actions].join(' ')).join(' | '));

describe('planRollout', () => {
  it.each<readonly [string, Partial<RolloutInput>, string[]]>([
    [
      'one by one, each new one in rotation before the old one leaves',
      {},
      ['0 start-successor await-ready join leave drain stop', '1 start-successor await-ready join leave drain stop'],
    ],
    [
      'two at a time',
      { parallel: 2 },
      ['0 start-successor await-ready join leave drain stop | 1 start-successor await-ready join leave drain stop'],
    ],
    [
      'in place, where two cannot live side by side',
      { overlap: false },
      ['0 leave drain stop start await-ready join', '1 leave drain stop start await-ready join'],
    ],
    ['in place, baked', { overlap: false, replace: [0], bakes: true }, ['0 leave drain stop start await-ready bake join']],
    [
      'baked: the old set is whole until all new ones have lived for a while',
      { bakes: true },
      [
        '0 start-successor await-ready',
        '1 start-successor await-ready',
        '0 bake | 1 bake',
        '0 join leave drain stop',
        '1 join leave drain stop',
      ],
    ],
    [
      'all at once',
      { surge: 'all' },
      ['0 start-successor await-ready | 1 start-successor await-ready', '0 join leave drain stop | 1 join leave drain stop'],
    ],
    [
      'replacements, then additions, then what goes',
      { replace: [0], add: [2, 3], remove: [1], parallel: 2 },
      ['0 start-successor await-ready join leave drain stop', '2 start await-ready join | 3 start await-ready join', '1 leave drain stop'],
    ],
    ['nothing', { replace: [] }, []],
  ])('%s', (_, input, waves) => {
    expect(shown(input)).toEqual(waves);
  });

  it.each<readonly [string, (plan: RolloutPlan, input: RolloutInput) => void]>([
    ['nothing leaves before its replacement is proven', expectProof],
    ['never more than allowed at once', expectBounds],
    ['every slot is brought to its end, exactly once', expectEnds],
  ])('%s, whatever is asked for', (_, check) => {
    fc.assert(fc.property(inputs(), (input) => check(planRollout(input), input)));
  });
});

function inputs(): fc.Arbitrary<RolloutInput> {
  return fc
    .record({
      slots: fc.uniqueArray(fc.nat(30), { maxLength: 12 }),
      cuts: fc.tuple(fc.nat(12), fc.nat(12)),
      parallel: fc.integer({ min: 1, max: 5 }),
      surge: fc.constantFrom('one' as const, 'all' as const),
      overlap: fc.boolean(),
      bakes: fc.boolean(),
    })
    .map(({ slots, cuts, ...rest }) => {
      const [one, two] = [...cuts].sort((a, b) => a - b) as [number, number];
      return { ...rest, replace: slots.slice(0, one), add: slots.slice(one, two), remove: slots.slice(two) };
    });
}

const flat = ({ waves }: RolloutPlan): { slot: number; action: string; wave: number }[] =>
  waves.flatMap((wave, index) => wave.flatMap(({ slot, actions }) => actions.map((action) => ({ slot, action, wave: index }))));

function expectProof(plan: RolloutPlan, { replace, add, remove, overlap, bakes, surge }: RolloutInput): void {
  const steps = flat(plan);
  const at = (slot: number, action: string): number => steps.findIndex((step) => step.slot === slot && step.action === action);
  for (const slot of [...replace, ...add]) {
    expect(at(slot, 'await-ready')).toBeLessThan(at(slot, 'join'));
    if (overlap && replace.includes(slot)) expect(at(slot, 'join')).toBeLessThan(at(slot, 'leave'));
    if (overlap && (bakes || surge === 'all'))
      for (const old of replace) expect(waveOf(steps, slot, 'await-ready')).toBeLessThan(waveOf(steps, old, 'leave'));
    for (const gone of remove) expect(waveOf(steps, slot, 'join')).toBeLessThan(waveOf(steps, gone, 'leave'));
  }
}

const waveOf = (steps: readonly { slot: number; action: string; wave: number }[], slot: number, action: string): number =>
  steps.find((step) => step.slot === slot && step.action === action)!.wave;

function expectBounds(plan: RolloutPlan, { remove, parallel, surge, overlap }: RolloutInput): void {
  for (const wave of plan.waves) {
    const begun = wave.filter(({ actions }) => actions.some((action) => action.startsWith('start')));
    if (surge === 'one' || !overlap) expect(begun.length).toBeLessThanOrEqual(parallel);
    const emptied = wave.filter(({ slot, actions }) => actions.includes('leave') && !remove.includes(slot));
    if (surge === 'one' || !overlap) expect(emptied.length).toBeLessThanOrEqual(parallel);
  }
}

function expectEnds(plan: RolloutPlan, { replace, add, remove }: RolloutInput): void {
  const count = (slot: number, action: string): number => flat(plan).filter((step) => step.slot === slot && step.action === action).length;
  for (const slot of [...replace, ...add]) expect([count(slot, 'join'), count(slot, 'await-ready')]).toEqual([1, 1]);
  for (const slot of [...replace, ...remove]) expect([count(slot, 'leave'), count(slot, 'stop')]).toEqual([1, 1]);
  expect(new Set(flat(plan).map(({ slot }) => slot))).toEqual(new Set([...replace, ...add, ...remove]));
}

describe('decideOverlap', () => {
  const port = { listens: true, reusesPort: false };
  const shared = { listens: true, reusesPort: true };
  const worker = { listens: false, reusesPort: false };

  it.each([
    ['cluster', [port], 'balanced'],
    ['fork', [port], 'none'],
    ['fork', [shared, port], 'none'],
    ['fork', [shared, worker], 'shares-port'],
    ['fork', [worker], 'listens-not'],
    ['fork', [], 'listens-not'],
  ] as const)('%s: %j is %s', (mode, instances, overlap) => {
    expect(decideOverlap(mode, instances)).toBe(overlap);
  });
});

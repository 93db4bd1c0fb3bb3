// Who gets traffic: the ready ones, and in need those that were.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideRotation } from './rotation.ts';
import type { Candidate } from './rotation.ts';

const one = (key: number, isReady: Candidate['isReady'], inRotation = false): Candidate => ({ key, isReady, inRotation });

it.each<readonly [string, readonly Candidate[], readonly number[]]>([
  ['nobody', [], []],
  ['the ready ones', [one(1, 'yes'), one(2, 'never'), one(3, 'yes', true)], [1, 3]],
  ['not one that fails while another is ready', [one(1, 'failed', true), one(2, 'yes', true)], [2]],
  ['the last one, although it fails', [one(1, 'failed', true), one(2, 'failed')], [1]],
  ['those that were ready once, when the last one is gone', [one(1, 'failed'), one(2, 'failed'), one(3, 'never')], [1, 2]],
  ['never one that has not passed yet', [one(1, 'never', false)], []],
])('%s', (_, candidates, expected) => {
  expect([...decideRotation(candidates)]).toEqual(expected);
});

it('is empty only where nobody has ever been ready', () => {
  const candidate = fc.record({
    key: fc.nat(),
    isReady: fc.constantFrom('yes' as const, 'never' as const, 'failed' as const),
    inRotation: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(candidate), (candidates) => {
      expect(decideRotation(candidates).size > 0).toBe(candidates.some(({ isReady }) => isReady !== 'never'));
    }),
  );
});

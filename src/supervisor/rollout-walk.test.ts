// Random days of a whole supervisor: whatever comes together, a rollout ends, nobody is lost, and nobody is taken away unproven.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { walkDay } from '../../test/rollout-walk.ts';
import type { WalkCounts } from '../../test/rollout-walk.ts';

it('keeps every rule of rollouts on random days, in which they are done, fail and are refused', () => {
  const total: WalkCounts = { done: 0, failed: 0, refused: 0 };
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(0xffff)), (numbers) => {
      const counts = walkDay((limit) => (limit === 0 ? 0 : numbers.next().value! % limit), 60);
      for (const key of Object.keys(total) as (keyof WalkCounts)[]) total[key] += counts[key];
    }),
    { numRuns: 40, seed: 20_261_122, endOnFailure: true },
  );
  expect(Math.min(total.done, total.failed, total.refused)).toBeGreaterThan(10);
}, 60_000);

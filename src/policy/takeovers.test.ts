// How often hosts may follow each other.
import { expect, it } from 'vitest';
import { addTakeover, nextTakeoverAt } from './takeovers.ts';

it('three may follow each other at once, the next ones after growing pauses of up to 30 s', () => {
  let takeovers: readonly number[] = [];
  let now = 1_000_000;
  const pauses: number[] = [];
  for (let nth = 0; nth < 6; nth += 1) {
    takeovers = addTakeover(takeovers, now);
    const at = nextTakeoverAt(takeovers);
    pauses.push(at - now);
    now = at;
  }
  expect(pauses).toEqual([0, 0, 0, 1000, 2000, 4000]);
  expect(nextTakeoverAt(Array.from({ length: 20 }, (_, nth) => 1000 + nth)) - 1019).toBe(30_000);
});

it('those of a minute ago count no longer', () => {
  expect(addTakeover([1000, 2000, 3000], 62_500)).toEqual([3000, 62_500]);
  expect(nextTakeoverAt([])).toBe(0);
});

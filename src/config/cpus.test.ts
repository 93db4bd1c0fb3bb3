// What `instances: max` means in a container.
import { expect, it } from 'vitest';
import { usableCpus } from './cpus.ts';

it.each([
  [null, 8, 8],
  [2, 8, 2],
  [2.9, 8, 2],
  [0.5, 8, 1],
  [16, 8, 8],
])('with a limit of %s and %s processors it is %s', (limit, available, expected) => {
  expect(usableCpus(limit, available)).toBe(expected);
});

it('is at least 1 on this machine', () => {
  expect(usableCpus()).toBeGreaterThanOrEqual(1);
});

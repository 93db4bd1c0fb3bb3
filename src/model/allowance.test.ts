// How much passes in a second.
import { describe, expect, it } from 'vitest';
import { createAllowance } from './allowance.ts';

const LIMITS = { count: 2, chars: 10 };

/** Milliseconds, characters, and whether it passes. */
type Step = readonly [nowMs: number, chars: number, passes: boolean];

const CASES: readonly (readonly [what: string, steps: readonly Step[]])[] = [
  [
    'as many as there may be, and again in the next second',
    [
      [0, 1, true],
      [1, 1, true],
      [999, 1, false],
      [1000, 1, true],
    ],
  ],
  [
    'as many characters as there may be',
    [
      [0, 6, true],
      [1, 5, false],
      [2, 4, true],
      [3, 0, false],
    ],
  ],
  [
    'nothing that is longer than all of them',
    [
      [0, 11, false],
      [1, 10, true],
    ],
  ],
  [
    'in a second that begins when something comes',
    [
      [0, 1, true],
      [5000, 1, true],
      [5999, 1, true],
      [5999, 1, false],
      [6000, 1, true],
    ],
  ],
  [
    'on after a clock was set back',
    [
      [9000, 1, true],
      [9001, 1, true],
      [9002, 1, false],
      [100, 1, true],
    ],
  ],
];

describe('an allowance', () => {
  it.each(CASES)('lets pass %s', (_, steps) => {
    const allowance = createAllowance(LIMITS);
    expect(steps.map(([nowMs, chars]) => allowance.take(nowMs, chars))).toEqual(steps.map(([, , passes]) => passes));
  });
});

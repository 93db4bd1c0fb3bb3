// The doubling delay and its cap.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelay } from './backoff.ts';

describe('backoffDelay', () => {
  it('doubles from the base with every consecutive exit and stops at the cap', () => {
    const delays = Array.from({ length: 11 }, (_, index) => backoffDelay({ baseMs: 100, maxMs: 15_000, n: index + 1 }));
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000, 15_000]);
  });

  it('is off with a base of 0, and where no exit counts', () => {
    expect(backoffDelay({ baseMs: 0, maxMs: 15_000, n: 7 })).toBe(0);
    expect(backoffDelay({ baseMs: 100, maxMs: 15_000, n: 0 })).toBe(0);
  });

  it('never waits longer than the cap, even where the base is above it', () => {
    expect(backoffDelay({ baseMs: 60_000, maxMs: 15_000, n: 1 })).toBe(15_000);
  });

  it('never shrinks and never passes the cap, however many exits there were', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), fc.integer({ min: 1, max: 5000 }), (baseMs, maxMs, n) => {
        const delayMs = backoffDelay({ baseMs, maxMs, n });
        expect(delayMs).toBeLessThanOrEqual(maxMs);
        expect(backoffDelay({ baseMs, maxMs, n: n + 1 })).toBeGreaterThanOrEqual(delayMs);
      }),
    );
  });
});

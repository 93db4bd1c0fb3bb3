// Whose turn it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastLoaded, nextInTurn } from './round-robin.ts';

const circle = fc.record({ free: fc.array(fc.boolean(), { maxLength: 8 }), last: fc.integer({ min: -1, max: 9 }) });

describe('nextInTurn', () => {
  it('goes round all of them, one after the other', () => {
    let last = -1;
    const turns = Array.from({ length: 7 }, () => (last = nextInTurn(3, last, () => true)));
    expect(turns).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('gives -1 only when none is free, and never one that is not', () => {
    fc.assert(
      fc.property(circle, ({ free, last }) => {
        const place = nextInTurn(free.length, last, (at) => free[at]!);
        if (place === -1) expect(free).not.toContain(true);
        else expect(free[place]).toBe(true);
      }),
    );
  });

  it('passes over nobody who is free', () => {
    fc.assert(
      fc.property(circle, ({ free, last }) => {
        const place = nextInTurn(free.length, last, (at) => free[at]!);
        for (let step = 1; place >= 0 && (last + step) % free.length !== place; step += 1)
          expect(free[(last + step) % free.length]).toBe(false);
      }),
    );
  });
});

describe('leastLoaded', () => {
  it('finds a smallest load, the first after the last turn among equals, and none where all are infinite', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(3), fc.constant(Infinity)), { maxLength: 8 }),
        fc.integer({ min: -1, max: 9 }),
        (loads, last) => {
          const place = leastLoaded(loads.length, last, (at) => loads[at]!);
          const smallest = Math.min(Infinity, ...loads);
          if (smallest === Infinity) expect(place).toBe(-1);
          else expect(place).toBe(nextInTurn(loads.length, last, (at) => loads[at] === smallest));
        },
      ),
    );
  });
});

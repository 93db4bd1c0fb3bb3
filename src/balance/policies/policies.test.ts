// Who gets a connection under each policy, as tables and over random circles.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Circle } from './circle.ts';
import { hashAddress, ipHash, weigh } from './ip-hash.ts';
import { leastConnections } from './least-connections.ts';
import { POLICIES } from './policies.ts';

interface Seat {
  readonly slot: number;
  readonly open: number;
  readonly load: number;
  readonly wants: boolean;
  readonly hasRoom: boolean;
  readonly canBePressed: boolean;
}

const IDLE: Seat = { slot: 0, open: 0, load: 0, wants: true, hasRoom: true, canBePressed: true };
const STALLED = { hasRoom: true, canBePressed: false };
const FULL = { hasRoom: false, canBePressed: false };

function circleOf(last: number, ...seats: readonly Partial<Seat>[]): Circle {
  const at = (place: number): Seat => ({ ...IDLE, slot: place, ...seats[place] });
  return {
    count: seats.length,
    last,
    slot: (place) => at(place).slot,
    wants: (place) => at(place).wants,
    hasRoom: (place) => at(place).hasRoom,
    canBePressed: (place) => at(place).canBePressed,
    load: (place) => at(place).load,
    open: (place) => at(place).open,
  };
}

const seats = fc.array(
  fc.record({ slot: fc.nat(5), open: fc.nat(9), load: fc.nat(9), wants: fc.boolean(), hasRoom: fc.boolean(), canBePressed: fc.boolean() }),
  { maxLength: 6 },
);
const peers = Array.from({ length: 2000 }, (_, nth) => hashAddress(`10.1.${nth >> 8}.${nth & 255}`));
const slotOf = (peer: number, slots: readonly number[]): number => slots[ipHash(circleOf(-1, ...slots.map((slot) => ({ slot }))), peer)]!;

describe.each(Object.entries(POLICIES))('%s', (_, choose) => {
  it('never chooses one that refused the connection or can take nothing, and knows when there is none', () => {
    fc.assert(
      fc.property(seats, fc.integer({ min: -1, max: 6 }), fc.option(fc.nat()), (given, last, peer) => {
        const place = choose(circleOf(last, ...given), peer);
        if (place === -1) return;
        expect(given[place]).toMatchObject({ wants: true });
        expect(given[place]!.hasRoom || given[place]!.canBePressed).toBe(true);
      }),
    );
    expect(choose(circleOf(-1), 1)).toBe(-1);
    expect(choose(circleOf(-1, FULL, { wants: false }), 1)).toBe(-1);
  });
});

describe('least-connections', () => {
  it.each<[string, number, readonly Partial<Seat>[], number]>([
    ['the one with the fewest', -1, [{ open: 3 }, { open: 1 }, { open: 2 }], 1],
    ['among equals the next in turn', 0, [{ open: 1 }, { open: 1 }, { open: 1 }], 1],
    ['round the circle', 2, [{ open: 1 }, { open: 1 }, { open: 1 }], 0],
    ['not one that does not take what it is given', -1, [{ open: 1, ...STALLED }, { open: 7 }], 1],
    [
      'that one too where the others are full',
      -1,
      [
        { open: 1, ...STALLED },
        { open: 7, ...FULL },
      ],
      0,
    ],
    ['one that is pressed, where it still has fewer', -1, [{ open: 5, hasRoom: false }, { open: 6 }], 0],
  ])('chooses %s', (_, last, given, place) => {
    expect(leastConnections(circleOf(last, ...given), null)).toBe(place);
  });
});

describe('ip-hash', () => {
  it('takes an IPv4 address for the same one in an IPv6 socket, and no other', () => {
    expect(hashAddress('::ffff:192.0.2.7')).toBe(hashAddress('192.0.2.7'));
    expect(hashAddress('::FFFF:192.0.2.7')).toBe(hashAddress('192.0.2.7'));
    expect(hashAddress('::ffff:c000')).not.toBe(hashAddress('c000'));
    expect(hashAddress('192.0.2.8')).not.toBe(hashAddress('192.0.2.7'));
  });

  it('gives every slot its share', () => {
    for (const count of [2, 3, 4, 8]) {
      const slots = Array.from({ length: count }, (_, slot) => slot);
      const shares = slots.map((slot) => peers.filter((peer) => slotOf(peer, slots) === slot).length / (peers.length / count));
      for (const share of shares) expect(share).toBeGreaterThan(0.8);
      for (const share of shares) expect(share).toBeLessThan(1.2);
    }
  });

  it('moves only the clients of a slot that goes, and they come back with it, wherever it stands in the circle', () => {
    for (const peer of peers) {
      const before = slotOf(peer, [0, 1, 2, 3]);
      if (before !== 2) expect(slotOf(peer, [3, 0, 1])).toBe(before);
      expect(slotOf(peer, [0, 1, 3, 2])).toBe(before);
    }
  });

  it('waits for its own instance, chooses another only where that refused, and the successor of two in one slot', () => {
    const peer = peers[0]!;
    const [own, other] = weigh(peer, 0) > weigh(peer, 1) ? [0, 1] : [1, 0];
    const both = (mine: Partial<Seat>): Circle => circleOf(-1, { slot: own, ...mine }, { slot: other });
    expect([{}, FULL, STALLED, { wants: false }].map((mine) => ipHash(both(mine), peer))).toEqual([0, -1, 0, 1]);
    expect(ipHash(circleOf(-1, { slot: own }, { slot: other }, { slot: own }), peer)).toBe(2);
  });

  it('goes in turn where the client has no address', () => {
    expect([-1, 0, 1].map((last) => ipHash(circleOf(last, {}, {}), null))).toEqual([0, 1, 0]);
  });
});

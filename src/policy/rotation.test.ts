// Who gets traffic: the ready ones, as many as there are places, and in need those that were ready once. The others stand by.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPlaces, decideRotation, decideSlot } from './rotation.ts';
import type { Candidate } from './rotation.ts';

const one = (key: number, isReady: Candidate['isReady'], inRotation = false, more: Partial<Candidate> = {}): Candidate => ({
  key,
  slot: key,
  isReady,
  listens: true,
  inRotation,
  isLeaving: false,
  release: 1,
  ...more,
});
const keys = ({ serving, standby }: ReturnType<typeof decideRotation>): number[][] => [[...serving].sort(), [...standby].sort()];

describe('where nobody is to stand by, in rotation are', () => {
  it.each<readonly [string, readonly Candidate[], readonly number[]]>([
    ['nobody', [], []],
    ['the ready ones', [one(1, 'yes'), one(2, 'never'), one(3, 'yes', true)], [1, 3]],
    ['not one that fails while another is ready', [one(1, 'failed', true), one(2, 'yes', true)], [2]],
    ['the last one, although it fails', [one(1, 'failed', true), one(2, 'failed')], [1]],
    ['those that were ready once, when the last one is gone', [one(1, 'failed'), one(2, 'failed'), one(3, 'never')], [1, 2]],
    ['never one that has not passed yet', [one(1, 'never', false)], []],
    ['old and new ones together', [one(1, 'yes', true, { isLeaving: true }), one(2, 'yes', false, { release: 2 })], [1, 2]],
  ])('%s', (_, candidates, expected) => {
    expect(keys(decideRotation(candidates, Infinity))).toEqual([expected, []]);
  });
});

describe('where some are to stand by', () => {
  it.each<readonly [string, number, readonly Candidate[], readonly (readonly number[])[]]>([
    ['the first slots serve at the start', 1, [one(1, 'yes'), one(0, 'yes')], [[0], [1]]],
    ['who serves goes on', 1, [one(0, 'yes'), one(1, 'yes', true)], [[1], [0]]],
    ['one steps in for one that is gone', 2, [one(0, 'yes', true), one(2, 'yes')], [[0, 2], []]],
    ['one steps in for one that fails', 1, [one(0, 'failed', true), one(1, 'yes')], [[1], []]],
    ['and goes on when that is ready again', 1, [one(0, 'yes'), one(1, 'yes', true)], [[1], [0]]],
    ['one that is not ready does not stand by', 1, [one(0, 'yes', true), one(1, 'never'), one(2, 'failed')], [[0], []]],
    ['where all fail the one that serves stays', 1, [one(0, 'failed'), one(1, 'failed', true)], [[1], []]],
    [
      'a successor takes the place of one that leaves',
      1,
      [one(0, 'yes', true, { isLeaving: true }), one(1, 'yes'), one(7, 'yes', false, { release: 2 })],
      [[7], [1]],
    ],
    ['one that leaves does not stand by', 1, [one(0, 'yes', true), one(1, 'yes', false, { isLeaving: true })], [[0], []]],
    ['one that leaves serves where nobody else can', 1, [one(0, 'yes', true, { isLeaving: true }), one(1, 'never')], [[0], []]],
    ['one without a server keeps no other from traffic', 1, [one(0, 'yes', true, { listens: false }), one(1, 'yes')], [[1], [0]]],
  ])('%s', (_, places, candidates, expected) => {
    expect(keys(decideRotation(candidates, places))).toEqual(expected);
  });

  it.each([
    [{ slots: 3, standby: 0 }, Infinity],
    [{ slots: 3, standby: 1 }, 2],
    [{ slots: 1, standby: 1 }, 1],
    [{ slots: 2, standby: 5 }, 1],
  ])('%o are %s places', (of, places) => {
    expect(countPlaces(of)).toBe(places);
  });

  it.each<readonly [string, number, { readonly places: number; readonly taken: readonly number[] }, number]>([
    ['its own slot', 1, { places: 2, taken: [0] }, 1],
    ['that of the one whose place it takes', 2, { places: 2, taken: [0] }, 1],
    ['a free one where its own has been taken over', 0, { places: 2, taken: [0] }, 1],
    ['its own without a limit', 5, { places: Infinity, taken: [5] }, 5],
    ['its own where none is free', 5, { places: 2, taken: [0, 1] }, 5],
  ])('gets the clients of %s', (_, own, { places, taken }, expected) => {
    expect(decideSlot(own, { places, taken: new Set(taken) })).toBe(expected);
  });
});

/** An instance as the walk plays it. */
const step = fc.record({ slot: fc.nat(3), change: fc.constantFrom('up', 'gone', 'fails', 'passes', 'replaced') });

it('on a random walk: as many serve as can and may, nobody stands by while a place is free, and nobody is moved without need', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, places) => {
      let candidates: Candidate[] = [];
      let lastKey = 0;
      for (const { slot, change } of steps) {
        const own = (candidate: Candidate): boolean => candidate.slot === slot && !candidate.isLeaving;
        const fresh = (release: number): Candidate => one(++lastKey, 'yes', false, { slot, release });
        const before = candidates;
        if (change === 'gone') candidates = candidates.filter((candidate) => candidate.slot !== slot);
        else if (change === 'fails' || change === 'passes')
          candidates = candidates.map((candidate) =>
            own(candidate) ? { ...candidate, isReady: change === 'fails' ? 'failed' : 'yes' } : candidate,
          );
        else if (change === 'replaced')
          candidates = [...candidates.map((candidate) => (own(candidate) ? { ...candidate, isLeaving: true } : candidate)), fresh(2)];
        else if (!candidates.some(own)) candidates = [...candidates, fresh(1)];
        const { serving, standby } = decideRotation(candidates, places);
        const ready = candidates.filter(({ isReady }) => isReady === 'yes');
        if (ready.length > 0) expect(serving.size).toBe(Math.min(places, ready.length));
        else expect(serving.size > 0).toBe(candidates.length > 0);
        for (const { key, isReady, isLeaving } of candidates) {
          expect(standby.has(key)).toBe(isReady === 'yes' && !isLeaving && !serving.has(key));
        }
        if (standby.size > 0) expect(serving.size).toBe(places);
        const pushed = before.filter(
          ({ key, inRotation }) =>
            inRotation && candidates.some((c) => c.key === key && c.isReady === 'yes' && !c.isLeaving) && !serving.has(key),
        );
        expect(pushed).toEqual([]);
        candidates = candidates.map((candidate) => ({ ...candidate, inRotation: serving.has(candidate.key) }));
      }
    }),
  );
});

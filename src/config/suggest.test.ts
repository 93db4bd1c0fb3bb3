// Did-you-mean: near words are found, far ones are not.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { editDistance } from '../model/edit-distance.ts';
import { suggest } from './suggest.ts';
import { attributeNames } from './schema.ts';

describe('suggest', () => {
  it.each([
    ['scripts', 'script'],
    ['maxRestart', 'max_restarts'],
    ['max-memory-restart', 'max_memory_restart'],
    ['intances', 'instances'],
    ['kill_timout', 'kill_timeout'],
    ['MergeLogs', 'merge_logs'],
    ['arguments', 'args'],
  ])('takes %s for %s', (word, meant) => {
    expect(suggest(word, attributeNames())).toBe(meant);
  });

  it.each(['window_size', 'color', 'zzz', 'healthcheck'])('does not guess at %s', (word) => {
    expect(suggest(word, attributeNames())).toBeNull();
  });

  it('never suggests what is not known', () => {
    expect(suggest('memory', ['apps'])).toBeNull();
    expect(suggest('', ['apps'])).toBeNull();
  });
});

describe('editDistance', () => {
  it('counts insertions, deletions, replacements and swaps', () => {
    expect([editDistance('', 'abc'), editDistance('abc', ''), editDistance('moed', 'mode'), editDistance('kitten', 'sitting')]).toEqual([
      3, 3, 1, 3,
    ]);
  });

  it('is a distance: zero only for equal words, the same both ways', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

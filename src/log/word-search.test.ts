// The lines that have all of the words, whichever of them is rare.
import { describe, expect, it } from 'vitest';
import { createWordSearch } from './word-search.ts';

function found(text: string, ...needs: string[][]): string[] {
  const block = Buffer.from(text);
  const next = createWordSearch(needs)(block);
  const lines: string[] = [];
  for (let line = next(0); line !== null; line = next(line.end + 1)) lines.push(block.toString('utf8', line.start, line.end));
  return lines;
}

describe('a search for words', () => {
  it('takes the lines that have one of each, once', () => {
    const text = 'a b\nb\na\n\nb a a\nc a\nx';
    expect(found(text, ['a'])).toEqual(['a b', 'a', 'b a a', 'c a']);
    expect(found(text, ['a'], ['b'])).toEqual(['a b', 'b a a']);
    expect(found(text, ['b', 'c'], ['a'])).toEqual(['a b', 'b a a', 'c a']);
    expect(found(text, ['x'])).toEqual(['x']);
    expect(found(text, ['a'], ['z'])).toEqual([]);
    expect(found('', ['a'])).toEqual([]);
  });

  it('does not take two lines for one', () => {
    expect(found('rare\nword\nrare word\n', ['rare'], ['word'])).toEqual(['rare word']);
    expect(found('word\nrare\n', ['rare'], ['word'])).toEqual([]);
  });
});

// Splitting and joining words, against its own inverse and a real shell.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { joinWords, splitWords } from './words.ts';

describe('splitWords', () => {
  it.each([
    ['', []],
    ['  run   start ', ['run', 'start']],
    ['--mode "read only" -x', ['--mode', 'read only', '-x']],
    [`--a='b c'd "" ''`, ['--a=b cd', '', '']],
    [String.raw`a\ b \"q\" "in \"side\"" C:\Py\python.exe`, ['a b', '"q"', 'in "side"', String.raw`C:\Py\python.exe`]],
    ["it's ok", ["it's", 'ok']],
    ['--json {"a":1} --list=["x"]', ['--json', '{"a":1}', '--list=["x"]']],
    ['--a="b c" --e=""', ['--a=b c', '--e=']],
    [`a"b c"d`, ['a"b', 'c"d']],
  ])('splits %j', (text, words) => {
    expect(splitWords(text).words).toEqual(words);
  });

  it('says when a quote is left open', () => {
    expect(splitWords('say "hello there')).toEqual({ words: ['say', 'hello there'], unclosed: true });
    expect(splitWords('say "hello"').unclosed).toBe(false);
  });

  it('reads back what joinWords wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitWords(joinWords(words))).toEqual({ words, unclosed: false });
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws and never makes up a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\', '\t', '\n') }), (text) => {
        const kept = splitWords(text).words.join('').length;
        expect(kept).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('joinWords', () => {
  it('writes what a shell reads as the same words', () => {
    const words = ['plain', 'two words', "it's", '$HOME', '`id`', 'a"b', String.raw`back\slash`, '', '*', 'new\nline', '--x=1'];
    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${joinWords(words)}`], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });
});

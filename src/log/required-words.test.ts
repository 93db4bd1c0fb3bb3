// What is read off an expression is in every line in which it finds something.
import { describe, expect, it } from 'vitest';
import { requiredWords } from './required-words.ts';

describe('the words that a line must have', () => {
  it.each<[RegExp, string[][]]>([
    [/needle/, [['needle']]],
    [/status=5\d\d .*needle/, [['status=5'], ['needle'], [' ']]],
    [/error|timeout|ECONN/, [['error', 'timeout', 'ECONN']]],
    [/(?:GET|POST) \/api\/[a-z]+/, [[' /api/'], ['GET', 'POST']]],
    [/colou?r/, [['colo'], ['r']]],
    [/ab+c/, [['ab'], ['c']]],
    [/ab{0,2}c{2,}?d/, [['a'], ['c'], ['d']]],
    [/(abc)*d/, [['d']]],
    [/(?<name>abc)+d/, [['abc'], ['d']]],
    [/^start\b.end$/, [['start'], ['end']]],
    [/a\.b\/c\$d/, [['a.b/c$d']]],
    [/\x41\u0042C\n\t\cJD/, [['C'], ['D']]],
    [/pre(?=look)(?!not)(?<=back)(?<!no)/, [['look'], ['back'], ['pre']]],
    [/a{b}]/, [['a{b}]']]],
    [/caf\u00e9 au lait/, [[' au lait'], ['caf']]],
    [/[abc\]d](x|yz)/, [['x', 'yz']]],
    [/a(b|(c|d))e/, [['a'], ['b', 'c', 'd'], ['e']]],
  ])('%s', (regex, words) => {
    expect(requiredWords(regex)).toEqual(words);
  });

  it.each([/needle/i, /a|/, /\d+/, /(abc)?/, /(?:)/, /a|b|c|d|e/, /(?<x>a)\k<x>/, /./])('nothing of %s', (regex) => {
    expect(requiredWords(regex)).toEqual([]);
  });

  it('nothing of classes in classes', () => {
    expect(requiredWords({ source: '[[abc]--b]needle', flags: 'v' })).toEqual([]);
  });

  it('nothing of a group that has flags of its own, where there is such a thing', () => {
    expect(requiredWords({ source: '(?i:needle)|x', flags: '' })).toEqual([]);
    expect(requiredWords({ source: '(?-i:needle)x', flags: '' })).toEqual([['x']]);
  });
});

it('holds for whatever expression, and whatever it finds', () => {
  let seed = 11;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
  const atoms = [
    'a',
    'b',
    'c',
    '.',
    '\\d',
    '\\.',
    '[ab]',
    '[^a]',
    '^',
    '$',
    '\\b',
    'é',
    '{',
    '\\x61',
    '\\1',
    '\\c',
    '(?=a)',
    '(?!b)',
    '\\(',
  ];
  const quantifiers = ['', '', '', '', '?', '*', '+', '{2}', '{0,1}', '{0}', '+?', '{1,}'];
  const expression = (depth: number): string =>
    Array.from({ length: 1 + random(4) }, () => {
      const atom = depth > 0 && random(3) === 0 ? `${pick(['(', '(?:', '(?<!', '(?='])}${expression(depth - 1)})` : pick(atoms);
      return atom + pick(quantifiers) + (random(6) === 0 ? '|' : '');
    }).join('');
  let finds = 0;
  for (let round = 0; round < 10_000; round += 1) {
    const source = expression(2);
    const regex = compile(source);
    const line = Array.from({ length: random(8) }, () => pick(['a', 'b', 'c', '.', '(', '{', '1', 'é', '\\'])).join('');
    if (regex === null || !regex.test(line)) continue;
    finds += 1;
    const missing = requiredWords(regex).filter((words) => !words.some((word) => line.includes(word)));
    expect([source, line, missing]).toEqual([source, line, []]);
  }
  expect(finds).toBeGreaterThan(500);
});

function compile(source: string): RegExp | null {
  try {
    return new RegExp(source);
  } catch {
    return null; // nothing to repeat, and the like
  }
}

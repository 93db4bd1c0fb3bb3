// The quick way through a block finds exactly what looking at each line finds.
import { describe, expect, it } from 'vitest';
import { everyLine, linesMatching, linesPassing } from './line-filter.ts';
import type { LineFilter } from './line-filter.ts';

function found(filter: LineFilter, block: Buffer | string): string[] {
  const bytes = Buffer.from(block);
  const lines: string[] = [];
  filter(bytes, (start, end) => lines.push(bytes.toString('utf8', start, end)));
  return lines;
}

describe('a line filter', () => {
  it('takes every line, the empty and the unfinished one too', () => {
    expect(found(everyLine, 'a\n\nb\r\nc')).toEqual(['a', '', 'b\r', 'c']);
    expect(found(everyLine, '')).toEqual([]);
  });

  it('does not take a find across lines for one', () => {
    expect(found(linesMatching(/a\sb/), 'a\nb\na b\n')).toEqual(['a b']);
    expect(found(linesMatching(/a[^x]*b/), 'a\nb\nab\n')).toEqual(['ab']);
    expect(found(linesMatching(/\s/), 'a\n b\nc')).toEqual([' b']);
  });

  it('reports a line once, and knows where it begins and ends', () => {
    expect(found(linesMatching(/x/), 'xx x\nb\nx')).toEqual(['xx x', 'x']);
    expect(found(linesMatching(/^b|c$/), 'ab\nba\nac\nca\r\nc\r\n')).toEqual(['ba', 'ac', 'c\r']);
    expect(found(linesMatching(/^$/), 'a\n\nb\n\r\n')).toEqual(['', '\r']);
    expect(found(linesMatching(/(?:)/), '\na\n')).toEqual(['', 'a']);
  });

  it('looks ahead and behind within the line only', () => {
    expect(found(linesMatching(/^(?!.*ok)/), 'ok\nbad\n')).toEqual(['bad']);
    expect(found(linesMatching(/a(?![^]*b)/), 'a\nb\n')).toEqual(['a']);
  });

  it('looks at lines one by one while few have its words, and at the text where many have', () => {
    const lines = Array.from({ length: 200 }, (_, n) => `${n} needle${n % 3 === 0 ? '!' : '?'}`);
    expect(found(linesMatching(/\d needle!/), `${lines.join('\n')}\n`)).toEqual(lines.filter((line) => line.endsWith('!')));
    expect(found(linesMatching(/ needle(?!\?)/), lines.join('\n'))).toEqual(lines.filter((line) => line.endsWith('!')));
  });

  it('counts characters in UTF-8, and bears bytes that are none', () => {
    expect(found(linesMatching(/^.{5}$/), 'héllo\nhello\nhéll\n')).toEqual(['héllo', 'hello']);
    expect(found(linesMatching(/ß/), '€\nStraße €\nß\n')).toEqual(['Straße €', 'ß']);
    const broken = Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('needle '), Buffer.from([0xc3, 0x0a])]);
    expect(found(linesMatching(/needle/), broken)).toEqual(['needle \ufffd']);
  });
});

it('finds the same whatever the way', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const pieces = ['a', 'b', ' ', '\n', '\n', '\r\n', 'é', '€', 'error', '{"x":1}'];
  const patterns = [
    /a/,
    /b$/,
    /^a/,
    /a.b/,
    /\s/,
    /^\s*$/,
    /[^a]b/,
    /error|é/,
    /a(?=b)/,
    /(a|b)\1/,
    /\bb\b/,
    /€+a?/,
    /a b|error/,
    /ab/,
    /b+a|\{"x/,
    /é a?b/,
    /a.*b.*error/,
  ];
  for (let round = 0; round < 400; round += 1) {
    const text = Array.from({ length: random(60) }, () => pieces[random(pieces.length)]!).join('');
    for (const pattern of patterns) {
      expect([text, pattern, found(linesMatching(pattern), text)]).toEqual([
        text,
        pattern,
        found(
          linesPassing((line) => pattern.test(line)),
          text,
        ),
      ]);
    }
  }
});

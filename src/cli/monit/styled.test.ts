// What apps write, made harmless and folded: nothing of it may move the cursor, and no row may be too wide.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../render/wide.ts';
import { clipStyled, foldStyled, plainText } from './styled.ts';

const ESC = '\u001b';

describe('plainText', () => {
  it.each([
    ['cursor and screen', `a${ESC}[2J${ESC}[H${ESC}[10;20Hb${ESC}[1A`, 'ab'],
    ['private modes', `a${ESC}[?1049l${ESC}[?25h${ESC}[>4;2mb`, 'ab'],
    ['a title, by BEL and by ST', `a${ESC}]0;title\u0007b${ESC}]2;title${ESC}\\c`, 'abc'],
    ['the clipboard', `a${ESC}]52;c;aGVsbG8=\u0007b`, 'ab'],
    ['a link', `${ESC}]8;;http://x${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['device control, application program, privacy', `${ESC}Pq#0${ESC}\\a${ESC}_x${ESC}\\b${ESC}^y${ESC}\\c`, 'abc'],
    ['a reset, and another character set', `a${ESC}cb${ESC}(0c${ESC}#8d`, 'abcd'],
    ['the 8-bit forms', `a\u009b2Jb\u009d0;title\u009cc`, 'abc'],
    ['what is not finished', `a${ESC}[12`, 'a12'],
    ['what is not finished, a title', `a${ESC}]0;rest`, 'a0;rest'],
    ['a lone escape', `a${ESC}`, 'a'],
    ['bells, backspaces, nulls', 'a\u0007\b\u0000\u007fb', 'ab'],
    ['what turns the direction of writing', 'a\u202eb\u2066c\u200f', 'abc'],
    ['separators of lines and paragraphs', 'a\u2028b\u2029c\nd', 'abcd'],
    ['colours', `${ESC}[1;31mred${ESC}[0m`, 'red'],
    ['tabs, as so many blanks', 'ab\tc\td', 'ab      c       d'],
    ['a progress bar, as its last state', '10%\r50%\r100%\r', '100%'],
    ['what joins characters, which stays', '👩‍👩‍👧 é', '👩‍👩‍👧 é'],
  ])('%s', (_, text, left) => {
    expect(plainText(text)).toBe(left);
  });
});

describe('foldStyled', () => {
  it.each([
    ['', 5, ['']],
    ['abc', 5, ['abc']],
    ['abcde', 5, ['abcde']],
    ['abcdefghijk', 5, ['abcde', 'fghij', 'k']],
    ['漢字漢字', 5, ['漢字', '漢字']],
    ['a漢字', 2, ['a', '漢', '字']],
    ['é👩‍👩‍👧é', 2, ['é', '👩‍👩‍👧', 'é']],
    // Three columns, as its parts are counted.
    ['a\u{16fe2}\u{e0020}b', 2, ['a\ufffd', 'b']],
  ])('%j in %i columns', (text, columns, rows) => {
    expect(foldStyled(text, columns)).toEqual(rows);
  });

  it.each([
    ['goes on in the next row', `${ESC}[31mabcdef`, [`${ESC}[31mabcd${ESC}[0m`, `${ESC}[31mef${ESC}[0m`]],
    ['ends where it is told to', `a${ESC}[1;4mb${ESC}[22mc${ESC}[md`, [`a${ESC}[1;4mb${ESC}[0m${ESC}[4mc${ESC}[0md`]],
    ['may be of 256 colours', `${ESC}[38;5;208ma`, [`${ESC}[38;5;208ma${ESC}[0m`]],
    ['may be of 16 million colours', `${ESC}[48;2;1;2;3ma`, [`${ESC}[48;2;1;2;3ma${ESC}[0m`]],
    ['may be of one parameter', `${ESC}[38:2::1:2:3ma`, [`${ESC}[38:2::1:2:3ma${ESC}[0m`]],
    ['does not blink or hide', `${ESC}[5;8ma`, ['a']],
    ['is left out where it is cut off', `${ESC}[38;5ma${ESC}[38ma`, ['aa']],
    ['does not pile up', `${ESC}[31m${ESC}[32m${ESC}[33ma`, [`${ESC}[33ma${ESC}[0m`]],
  ])('a style %s', (_, text, rows) => {
    expect(foldStyled(text, 4)).toEqual(rows);
  });

  it('makes of any text rows that fit, without a control character but for colours', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(`${ESC}[`, `${ESC}]`, 'm', ';', '31', '\u009b', '\t', '\r', '漢', '👩‍👩‍👧'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 2, max: 40 }), (pieces, columns) => {
        for (const row of foldStyled(pieces.join(''), columns)) {
          const text = row.replaceAll(/\u001b\[[\d;:]+m/g, '');
          expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
          expect(widthOf(text)).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });
});

describe('clipStyled', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['abcd', 1, 'a…'],
    ['漢字', 0, '漢…'],
    ['漢字', 4, '漢字'],
    ['漢字漢', 4, '漢…'],
    [`${ESC}[31mabcd`, 3, `${ESC}[31mab${ESC}[0m…`],
  ])('%j in %i columns', (text, columns, clipped) => {
    expect(clipStyled(text, columns)).toBe(clipped);
  });
});

// Keys as terminals send them, whole and in pieces, and what is pasted.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysIn, readKeys } from './keys.ts';

const ESC = '\u001b';

describe('readKeys', () => {
  it.each([
    ['q', ['q']],
    ['jk?', ['j', 'k', '?']],
    ['é漢', ['é', '漢']],
    [`${ESC}[A${ESC}[B${ESC}[C${ESC}[D`, ['up', 'down', 'right', 'left']],
    [`${ESC}OA${ESC}OB${ESC}OC${ESC}OD`, ['up', 'down', 'right', 'left']],
    [`${ESC}[5~${ESC}[6~`, ['page-up', 'page-down']],
    [`${ESC}[H${ESC}[F${ESC}[1~${ESC}[4~${ESC}OH${ESC}OF`, ['home', 'end', 'home', 'end', 'home', 'end']],
    [`\t${ESC}[Z`, ['tab', 'back-tab']],
    ['\u0003\u001a', ['ctrl-c', 'ctrl-z']],
    // F5, Ctrl-Up, a click, Alt-s, a reported focus
    [`${ESC}[15~${ESC}[1;5A${ESC}[<0;3;4M${ESC}s${ESC}[I`, []],
    // Escape twice is no key, Escape and then another one is none either
    [`${ESC}${ESC}`, []],
  ])('%j', (typed, keys) => {
    expect(readKeys(typed)).toEqual({ keys, rest: '' });
  });

  it('takes what is pasted for no key, wherever it is cut', () => {
    const paste = `j${ESC}[200~s\ny\nq${ESC}[201~k`;
    for (let at = 0; at <= paste.length; at += 1) {
      const first = readKeys(paste.slice(0, at));
      const second = readKeys(first.rest + paste.slice(at));
      expect([...first.keys, ...second.keys], `cut at ${at}`).toEqual(['j', 'k']);
    }
  });

  it('waits for the rest of a sequence, wherever it is cut', () => {
    const sequences = fc.array(fc.constantFrom(`${ESC}[A`, `${ESC}OB`, `${ESC}[6~`, `${ESC}[1;5C`, 'q', '\t'), { maxLength: 6 });
    fc.assert(
      fc.property(sequences, fc.nat(), (parts, cut) => {
        const typed = parts.join('');
        const at = cut % (typed.length + 1);
        const first = readKeys(typed.slice(0, at));
        expect([...first.keys, ...readKeys(first.rest + typed.slice(at)).keys]).toEqual(readKeys(typed).keys);
      }),
    );
  });
});

describe('keysIn', () => {
  it.each([
    [ESC, ['escape']],
    [`${ESC}[`, []],
    [`${ESC}[200~stop`, []],
    ['', []],
  ])('%j that nothing follows', (rest, keys) => {
    expect(keysIn(rest)).toEqual(keys);
  });
});

// Which lines of a block are wanted. It looks at whole blocks where that gives the same answer as looking at each line, which is ten times as fast.
import { isAscii, isUtf8 } from 'node:buffer';
import { requiredWords } from './required-words.ts';
import type { AnyOf } from './required-words.ts';
import { createWordSearch, endOfLine } from './word-search.ts';

/** Gets the place of a wanted line within the block, without its newline. */
export type OnLine = (start: number, end: number) => void;

/** Tells the wanted lines of a block of whole lines, in order. */
export type LineFilter = (block: Buffer, onLine: OnLine) => void;

const RETURN = 0x0d;
/** Of a block. */
const MAX_SINGLE_LINES = 32;

type Test = (text: string) => boolean;

/** All lines. */
export const everyLine: LineFilter = (block, onLine) => {
  for (let start = 0; start < block.length;) {
    const end = endOfLine(block, start);
    onLine(start, end);
    start = end + 1;
  }
};

/** Lines in which the expression finds something. */
export function linesMatching(regex: RegExp): LineFilter {
  const single = new RegExp(regex.source, regex.flags.replaceAll(/[gym]/g, ''));
  const test: Test = (text) => single.test(text);
  const search = textSearch(single, test);
  const needs = requiredWords(single);
  return needs.length === 0 ? search : wordSearch(needs, { test, search });
}

/** Looks only at lines that have the words in them, one by one; where there are many, a search of the text is faster. */
function wordSearch(needs: readonly AnyOf[], { test, search }: { readonly test: Test; readonly search: LineFilter }): LineFilter {
  const searchIn = createWordSearch(needs);
  return (block, onLine) => {
    const next = searchIn(block);
    let looked = 0;
    for (let line = next(0); line !== null; line = next(line.end + 1)) {
      const { start, end } = line;
      if (looked === MAX_SINGLE_LINES) return search(block.subarray(start), (from, to) => onLine(start + from, start + to));
      looked += 1;
      if (test(textOf(block, start, end))) onLine(start, end);
    }
  };
}

function textSearch(single: RegExp, test: Test): LineFilter {
  // What an assertion sees of the lines around may differ from what it sees at the end of the text.
  if (/\(\?<?[=!]/.test(single.source)) return linesPassing(test);
  const whole = new RegExp(single.source, `${single.flags}gm`);
  return (block, onLine) => {
    if (isAscii(block)) searchText({ text: block.toString('latin1'), offsetOf: (index) => index, whole, test, onLine });
    else if (isUtf8(block)) searchText({ ...countedText(block), whole, test, onLine });
    else linesPassing(test)(block, onLine);
  };
}

/** Lines whose text passes a test. */
export function linesPassing(test: Test): LineFilter {
  return (block, onLine) =>
    everyLine(block, (start, end) => {
      if (test(textOf(block, start, end))) onLine(start, end);
    });
}

interface Search {
  readonly text: string;
  /** The byte at which the character of that number begins; asked for in ascending order. */
  readonly offsetOf: (index: number) => number;
  readonly whole: RegExp;
  readonly test: Test;
  readonly onLine: OnLine;
}

/** A find in the block is only a hint: it may span lines. The line in which it begins is looked at alone. */
function searchText({ text, offsetOf, whole, test, onLine }: Search): void {
  whole.lastIndex = 0;
  for (let found = whole.exec(text); found !== null; found = whole.exec(text)) {
    const start = found.index === 0 ? 0 : text.lastIndexOf('\n', found.index - 1) + 1;
    const end = text.indexOf('\n', found.index);
    const stop = end === -1 ? text.length : end;
    // An empty find behind the last line's end is in no line.
    if (start >= text.length) return;
    const line = text.slice(start, text[stop - 1] === '\r' ? stop - 1 : stop);
    if (test(line)) {
      const from = offsetOf(start);
      onLine(from, offsetOf(stop));
    }
    if (end === -1) return;
    whole.lastIndex = stop + 1;
  }
}

/** Characters of a UTF-8 text take one to four bytes: counted from the last one that was asked for. */
function countedText(block: Buffer): Pick<Search, 'text' | 'offsetOf'> {
  const text = block.toString('utf8');
  let index = 0;
  let offset = 0;
  return {
    text,
    offsetOf(wanted) {
      offset += Buffer.byteLength(text.slice(index, wanted));
      index = wanted;
      return offset;
    },
  };
}

function textOf(block: Buffer, start: number, end: number): string {
  return block.toString('utf8', start, end > start && block[end - 1] === RETURN ? end - 1 : end);
}

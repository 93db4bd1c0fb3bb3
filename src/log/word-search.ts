// Finds the lines of a block that have certain words in them, by their bytes. What else is in a line is not looked at.
import type { AnyOf } from './required-words.ts';

/** A place within a block, without the newline. */
export interface Line {
  readonly start: number;
  readonly end: number;
}

const NEWLINE = 0x0a;
const NOWHERE = Number.POSITIVE_INFINITY;

/** A word with the place of it that comes next. */
interface Sought {
  readonly bytes: Buffer;
  at: number;
}

/** The function tells the next line that begins at `from` or later and has one word of each in it; `from` only ever grows, and begins a line. */
export function createWordSearch(needs: readonly AnyOf[]): (block: Buffer) => (from: number) => Line | null {
  const words = needs.map((any) => any.map((word) => Buffer.from(word, 'latin1')));
  return (block) => {
    const sought = words.map((any) => any.map((bytes): Sought => ({ bytes, at: -1 })));
    return (from) => nextLine(block, sought, from);
  };
}

/** Whatever is furthest away decides where to go on: most of what is frequent is never looked for. */
function nextLine(block: Buffer, sought: readonly (readonly Sought[])[], from: number): Line | null {
  for (let least = from; ;) {
    let first = NOWHERE;
    let last = 0;
    for (const any of sought) {
      const at = nextOfAny(block, any, least);
      if (at === NOWHERE) return null;
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
    const start = block.lastIndexOf(NEWLINE, last) + 1;
    if (first >= start) return { start, end: endOfLine(block, last) };
    least = start;
  }
}

function nextOfAny(block: Buffer, words: readonly Sought[], from: number): number {
  let first = NOWHERE;
  for (const word of words) {
    if (word.at < from) {
      const at = block.indexOf(word.bytes, from);
      word.at = at === -1 ? NOWHERE : at;
    }
    first = Math.min(first, word.at);
  }
  return first;
}

/** Where the newline is that ends the line in which `from` lies, or the end of the block. */
export function endOfLine(block: Buffer, from: number): number {
  const end = block.indexOf(NEWLINE, from);
  return end === -1 ? block.length : end;
}

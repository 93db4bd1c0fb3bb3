// The last lines of a log file, read from its end in blocks. The file may be large, and may grow while it is read.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Bytes } from '../model/units.ts';
import { errnoOf } from '../platform/errno.ts';

const BLOCK_BYTES: Bytes = 64 * 1024;
/** However long its lines are, no more of a file than this is read. */
const MAX_READ_BYTES: Bytes = 16 * 2 ** 20;
const NEWLINE = 0x0a;

/** At most `lines` last lines, oldest first, without their ends; an unfinished last line counts. Empty for a file that is not there or is no plain file. */
export function tailFile(path: string, lines: number): string[] {
  if (lines <= 0) return [];
  let file: number;
  try {
    // Without O_NONBLOCK, open(2) of a named pipe would wait for its writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const stat = fstatSync(file);
    return stat.isFile() ? lastLines(file, { size: stat.size, lines }) : [];
  } finally {
    closeSync(file);
  }
}

function lastLines(file: number, wanted: { readonly size: Bytes; readonly lines: number }): string[] {
  const blocks: Buffer[] = [];
  let start = wanted.size;
  let newlines = 0;
  // One more than asked for: the one that ends the line before.
  while (start > 0 && newlines <= wanted.lines && wanted.size - start < MAX_READ_BYTES) {
    const from = Math.max(0, start - BLOCK_BYTES);
    const block = readBlock(file, from, start);
    blocks.unshift(block);
    newlines += countNewlines(block);
    start = from;
  }
  const text = Buffer.concat(blocks);
  const whole = text.at(-1) === NEWLINE ? text.subarray(0, -1) : text;
  if (text.length === 0) return [];
  const found = whole
    .toString('utf8')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  // Where reading began within a line, that line is not whole; it is left out unless it is all there is.
  const complete = start > 0 && found.length > 1 ? found.slice(1) : found;
  return complete.slice(-wanted.lines);
}

/** Shorter than asked for when the file was cut meanwhile. */
function readBlock(file: number, from: number, end: number): Buffer {
  const block = Buffer.allocUnsafe(end - from);
  return block.subarray(0, readSync(file, block, 0, block.length, from));
}

function countNewlines(block: Buffer): number {
  let count = 0;
  for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

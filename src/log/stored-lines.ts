// The lines that one log keeps in its present file and those put aside: by time, by content, all of them or the last. Bounded by a block, not by the log.
import type { FileHandle } from 'node:fs/promises';
import type { Bytes } from '../model/units.ts';
import { BLOCK_BYTES, blocksBackward, blocksForward, blocksOfCompressed, slicesOf } from './blocks.ts';
import type { Block, Span } from './blocks.ts';
import { readTimeMap } from './index-reader.ts';
import type { TimeMap } from './index-reader.ts';
import type { LineFilter } from './line-filter.ts';
import { openPart } from './open-part.ts';
import type { OpenPart } from './open-part.ts';
import type { LogPart } from './parts.ts';
import { printedTime } from './printed-time.ts';
import { readAhead } from './read-ahead.ts';

/** How far before a line without a printed time one is looked for, and how much of each line is looked at. */
const MAX_LOOK_BACK_LINES = 20;
const MAX_LOOK_BYTES: Bytes = 300;
/** Below this, reading takes longer than searching. */
const MIN_BLOCK_BYTES: Bytes = 64 * 1024;

/** A line with the moment at which it was written. The bytes are those of a block: to be used or copied at once. */
export interface StoredLine {
  /** Epoch milliseconds; null where neither an index nor the line itself tells. */
  readonly at: number | null;
  /** Without the line's end. */
  readonly bytes: Buffer;
}

/** What is wanted of a log. Null is no limit. */
export interface LineRequest {
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly filter: LineFilter;
  readonly share: Share;
}

/** What reading one log may take. */
export interface Share {
  /** Parts that are read at the same time: decompressing them needs more processors than one. */
  readonly parts: number;
  readonly blockBytes: Bytes;
}

/** Where so many logs are read at once: they take about as much as one that is read alone. */
export function shareOf(logs: number): Share {
  return { parts: logs < 4 ? 2 : 1, blockBytes: Math.max(Math.floor(BLOCK_BYTES / Math.max(1, logs / 4)), MIN_BLOCK_BYTES) };
}

/** A log as it was when somebody began to read it. */
export interface Log {
  /** Oldest first. */
  readonly parts: readonly LogPart[];
  /** No more than this is read of the present file. */
  readonly presentBytes: Bytes;
  /** A part cannot be read. */
  readonly onTrouble: (path: string, reason: string) => void;
}

/** All wanted lines, oldest first, a slice's at a time. */
export function linesForward(log: Log, request: LineRequest): AsyncGenerator<readonly StoredLine[]> {
  const sources = readingsOf(log, request).map((reading) => () => linesOf(reading, log, request));
  return readAhead(sources, request.share.parts);
}

/** The last wanted lines, oldest first; the newest parts are read first, and no more of them than it takes. */
export async function lastLines(log: Log, request: LineRequest, count: number): Promise<readonly StoredLine[]> {
  const found: (readonly StoredLine[])[] = [];
  let missing = count;
  for (const reading of readingsOf(log, request).toReversed()) {
    for await (const lines of linesBackward(reading, { log, request, count: missing })) {
      found.unshift(lines.slice(-missing));
      missing -= lines.length;
      if (missing <= 0) return found.flat();
    }
  }
  return found.flat();
}

async function* linesOf(reading: Reading, log: Log, request: LineRequest): AsyncGenerator<readonly StoredLine[]> {
  const { blockBytes } = request.share;
  for await (const block of guarded(reading, log, (opened, span) => forward(opened, span, blockBytes))) {
    for (const slice of slicesOf(block)) {
      const lines = pick(slice, reading, request);
      if (lines.length > 0) yield lines;
    }
  }
}

/** Those of a block at a time, newest block first. A compressed part can be read from its beginning only: its last `count` lines come at once. */
async function* linesBackward(
  reading: Reading,
  { log, request, count }: { readonly log: Log; readonly request: LineRequest; readonly count: number },
): AsyncGenerator<readonly StoredLine[]> {
  let last: StoredLine[] | null = null;
  const read = ({ file, isCompressed }: OpenPart, span: Span): AsyncGenerator<Block> => {
    if (!isCompressed) return blocksBackward(file, span);
    last = [];
    return blocksOfCompressed(file, span, request.share.blockBytes);
  };
  for await (const block of guarded(reading, log, read)) {
    const lines = pick(block, reading, request);
    if (last === null) yield lines;
    else last = [...last, ...lines].slice(-count);
  }
  if (last !== null) yield last;
}

/** One part and what of it may hold wanted lines. */
interface Reading {
  readonly part: LogPart;
  /** As the index tells it: within lines. */
  readonly span: Span;
  /** Where the part ends. */
  readonly size: Bytes;
  readonly times: TimeMap | null;
}

function readingsOf({ parts, presentBytes }: Log, { sinceMs, untilMs }: LineRequest): readonly Reading[] {
  const readings: Reading[] = [];
  for (const [index, part] of parts.entries()) {
    const startedAt = index === 0 ? Number.NEGATIVE_INFINITY : parts[index - 1]!.endedAt;
    if ((sinceMs !== null && !part.isPresent && part.endedAt < sinceMs) || (untilMs !== null && startedAt > untilMs)) continue;
    const times = readTimeMap(part);
    const size = part.isPresent ? presentBytes : part.isCompressed ? Number.POSITIVE_INFINITY : part.bytes;
    const from = sinceMs === null || times === null ? 0 : times.offsetOf(sinceMs);
    const to = untilMs === null || times === null ? size : Math.min(size, times.endOf(untilMs + 1));
    if (from < to) readings.push({ part, span: { from, to }, size, times });
  }
  return readings;
}

async function* guarded(
  { part, span, size }: Reading,
  { onTrouble }: Log,
  read: (opened: OpenPart, span: Span) => AsyncGenerator<Block>,
): AsyncGenerator<Block> {
  let opened: OpenPart | null = null;
  try {
    opened = await openPart(part);
    const { file, isCompressed } = opened;
    const from = !isCompressed && span.from > 0 ? await lineStart(file, span.from, size) : span.from;
    const to = !isCompressed && span.to < size ? await lineStart(file, span.to, size) : span.to;
    yield* read(opened, { from, to });
  } catch (error) {
    onTrouble(part.path, (error as Error).message);
  } finally {
    await opened?.file.close();
  }
}

/** Where the first line begins at or after `offset`: a record of the index may be about the middle of one, which belongs to the record before. */
async function lineStart(file: FileHandle, offset: Bytes, size: Bytes): Promise<Bytes> {
  const piece = Buffer.alloc(16 * 1024);
  for (let at = offset - 1; at < size;) {
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    const end = piece.subarray(0, bytesRead).indexOf(0x0a);
    if (end !== -1) return Math.min(at + end + 1, size);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return size;
}

function forward({ file, isCompressed }: OpenPart, span: Span, blockBytes: Bytes): AsyncGenerator<Block> {
  return isCompressed ? blocksOfCompressed(file, span, blockBytes) : blocksForward(file, span, blockBytes);
}

function pick({ bytes, offset }: Block, { times }: Reading, { sinceMs, untilMs, filter }: LineRequest): StoredLine[] {
  const places: Place[] = [];
  filter(bytes, (start, end) => {
    const at = times?.timeAt(offset + start) ?? timePrintedNear(bytes, start);
    // What cannot be told apart by time is shown rather than kept back.
    if (at !== null && ((sinceMs !== null && at < sinceMs) || (untilMs !== null && at > untilMs))) return;
    places.push({ at, start, end });
  });
  return copyOf(bytes, places);
}

/** A line within a block. */
interface Place {
  readonly at: number | null;
  readonly start: number;
  readonly end: number;
}

/** The block is used again for what follows. One copy for all. */
function copyOf(block: Buffer, places: readonly Place[]): StoredLine[] {
  const copy = Buffer.allocUnsafe(places.reduce((sum, { start, end }) => sum + end - start, 0));
  let from = 0;
  return places.map(({ at, start, end }) => {
    const to = from + block.copy(copy, from, start, end);
    const bytes = copy.subarray(from, to);
    from = to;
    return { at, bytes };
  });
}

/** The time that the line prints, or else one of the lines before it: a stack is as old as its message. */
function timePrintedNear(bytes: Buffer, lineAt: number): number | null {
  let start = lineAt;
  for (let looked = 0; looked < MAX_LOOK_BACK_LINES; looked += 1) {
    const at = printedTime(bytes.toString('latin1', start, Math.min(start + MAX_LOOK_BYTES, bytes.length)));
    if (at !== null || start === 0) return at;
    start = start < 2 ? 0 : bytes.lastIndexOf(0x0a, start - 2) + 1;
  }
  return null;
}

// Blocks of whole lines out of a part of a log: forward through a file or what a compressed one holds, and backward through a file.
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import type { Gunzip } from 'node:zlib';
import type { Bytes } from '../model/units.ts';
import { giveBack } from '../platform/give-back.ts';

/** Whole lines; only the last line of a log, or one that is longer than MAX_LINE_BYTES, may lack its end. */
export interface Block {
  readonly bytes: Buffer;
  /** Where it begins in the part, counted in plain bytes. */
  readonly offset: Bytes;
}

/** A range of plain bytes; it begins where a line begins. */
export interface Span {
  readonly from: Bytes;
  readonly to: Bytes;
}

/** Each block is a trip to another thread and back, which takes as long as unpacking some tens of KB. */
export const BLOCK_BYTES: Bytes = 512 * 1024;
/** Text takes about four times what it takes compressed. */
const COMPRESSED_SHARE = 4;
const SLICE_BYTES: Bytes = 32 * 1024;
const FIRST_BACK_BYTES: Bytes = 32 * 1024;
const MAX_BACK_BYTES: Bytes = 64 * 1024;
/** A longer line comes in pieces. */
export const MAX_LINE_BYTES: Bytes = 16 * 2 ** 20;
const NEWLINE = 0x0a;

/** The lines of a span, oldest first. `file` is the open part, and may grow meanwhile. Each block is over when the next one is asked for. */
export async function* blocksForward(file: FileHandle, span: Span, blockBytes = BLOCK_BYTES): AsyncGenerator<Block> {
  let offset = span.from;
  let buffer = Buffer.allocUnsafeSlow(blockBytes);
  let kept = 0;
  for (;;) {
    // A line that is longer than a block is not copied again with each block.
    if (kept > buffer.length / 2) buffer = Buffer.concat([buffer.subarray(0, kept)], 2 * buffer.length);
    const wanted = Math.min(buffer.length - kept, span.to - offset - kept);
    const { bytesRead } = wanted > 0 ? await file.read(buffer, kept, wanted, offset + kept) : { bytesRead: 0 };
    const all = buffer.subarray(0, kept + bytesRead);
    const end = bytesRead === 0 || all.length >= MAX_LINE_BYTES ? all.length : all.lastIndexOf(NEWLINE) + 1;
    if (end > 0) yield { bytes: all.subarray(0, end), offset };
    if (bytesRead === 0) return;
    offset += end;
    all.copy(buffer, 0, end);
    kept = all.length - end;
  }
}

/** The same of what a compressed file holds. Rejects where it is damaged, after what could be read. */
export async function* blocksOfCompressed(file: FileHandle, span: Span, blockBytes = BLOCK_BYTES): AsyncGenerator<Block> {
  const plain = createGunzip({ chunkSize: blockBytes });
  void feed(plain, { file, pieceBytes: Math.floor(blockBytes / COMPRESSED_SHARE) });
  let offset = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      const start = chunk.indexOf(NEWLINE) + 1;
      if (start === 0 && restBytes < MAX_LINE_BYTES) {
        rest.push(chunk);
        restBytes += chunk.length;
        continue;
      }
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      // The line that began in the chunk before, then those that lie within this one: no large copy.
      for (const bytes of [
        restBytes > 0 ? Buffer.concat([...rest, chunk.subarray(0, start)]) : null,
        chunk.subarray(restBytes > 0 ? start : 0, end),
      ]) {
        if (bytes === null || bytes.length === 0) continue;
        if (offset >= span.to) return;
        if (offset + bytes.length > span.from) yield { bytes, offset };
        offset += bytes.length;
      }
      rest = end < chunk.length ? [Buffer.from(chunk.subarray(end))] : [];
      restBytes = chunk.length - end;
      if (isLastOfIts(chunk)) giveBack(chunk);
    }
    if (restBytes > 0 && offset < span.to) yield { bytes: Buffer.concat(rest), offset };
  } finally {
    plain.destroy();
  }
}

/** One piece after the other, in the same memory. */
async function feed(plain: Gunzip, { file, pieceBytes }: { readonly file: FileHandle; readonly pieceBytes: Bytes }): Promise<void> {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  const write = promisify<Buffer, void>((bytes, taken) => void plain.write(bytes, taken));
  try {
    for (let at = 0; ;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      await write(piece.subarray(0, bytesRead));
    }
    plain.end();
  } catch (error) {
    plain.destroy(error as Error);
  }
}

/** zlib fills a buffer with one chunk after the other, and takes a new one when it is full. */
function isLastOfIts(chunk: Buffer): boolean {
  return chunk.byteOffset + chunk.length === chunk.buffer.byteLength;
}

/** Pieces of it, of whole lines too: they stay in the processor's cache, and what is made of lines is made of fewer at a time. */
export function* slicesOf({ bytes, offset }: Block): Generator<Block> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, Math.min(from + SLICE_BYTES, bytes.length) - 1);
    const to = end === -1 ? bytes.length : end + 1;
    yield { bytes: bytes.subarray(from, to), offset: offset + from };
    from = to;
  }
}

/** The lines of a span, newest block first; within a block oldest first. Blocks grow, so that few lines cost little. */
export async function* blocksBackward(file: FileHandle, span: Span): AsyncGenerator<Block> {
  let end = span.to;
  let size = FIRST_BACK_BYTES;
  while (end > span.from) {
    const from = Math.max(span.from, end - size);
    const bytes = Buffer.allocUnsafe(end - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    const all = bytes.subarray(0, bytesRead);
    // What stands before the first end of a line belongs to the block before.
    const isCut = from > span.from && all.length < MAX_LINE_BYTES;
    const start = isCut ? all.subarray(0, -1).indexOf(NEWLINE) + 1 : 0;
    const isWithinLine = isCut && start === 0;
    size = Math.min(size * 2, isWithinLine ? MAX_LINE_BYTES : MAX_BACK_BYTES);
    if (isWithinLine) continue;
    if (start < all.length) yield { bytes: all.subarray(start), offset: from + start };
    end = from + start;
  }
}

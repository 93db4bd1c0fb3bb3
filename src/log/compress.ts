// Compresses log files that were put aside, in a process of its own that lives as long as that takes. It decides nothing.
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import type { Bytes } from '../model/units.ts';
import { errnoOf } from '../platform/errno.ts';
import { COMPRESSED, PARTIAL } from './aside-name.ts';

/** As gzip(1). */
const LEVEL = 6;
const PIECE_BYTES: Bytes = 256 * 1024;

/** Makes `FILE.gz` and removes `FILE`, one after the other. A file that is gone, or that somebody else is at, is left out. An aborted signal leaves no half behind. */
export async function compressFiles(files: readonly string[], signal: AbortSignal): Promise<void> {
  for (const file of files) if (!signal.aborted) await compressFile(file, signal);
}

async function compressFile(file: string, signal: AbortSignal): Promise<void> {
  const partial = claim(file);
  if (partial === null) return;
  try {
    const source = fs.openSync(file, 'r');
    try {
      const end = await copyFrom(0, source, partial, signal);
      const { atime, mtime, mode } = fs.fstatSync(source);
      fs.chmodSync(partial, mode);
      fs.utimesSync(partial, atime, mtime);
      fs.renameSync(partial, `${file}${COMPRESSED}`);
      fs.unlinkSync(file);
      // Of a writer that did not know yet.
      await copyFrom(end, source, `${file}${COMPRESSED}`, signal);
    } finally {
      fs.closeSync(source);
    }
  } catch (error) {
    fs.rmSync(partial, { force: true });
    if (!signal.aborted && errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** Null where the place is taken: another process has begun, or has died at it, which `tidy` sees to. */
function claim(file: string): string | null {
  const partial = `${file}${PARTIAL}`;
  try {
    fs.closeSync(fs.openSync(partial, 'wx', 0o600));
    return partial;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return null;
    throw error;
  }
}

/** From `start` to the end, and on while it grows: gzip members may follow one another (RFC 1952, 2.2). Resolves to where that end was. */
async function copyFrom(start: Bytes, source: number, target: string, signal: AbortSignal): Promise<Bytes> {
  const end = fs.fstatSync(source).size;
  if (end <= start && start > 0) return start;
  await pipeline(
    readPieces(source, start, end),
    zlib.createGzip({ level: LEVEL }),
    fs.createWriteStream(target, { flags: 'a', flush: true }),
    { signal },
  );
  return end === 0 ? 0 : copyFrom(end, source, target, signal);
}

/** No stream of Node's own: when it is destroyed it closes a descriptor that is ours. */
function* readPieces(source: number, start: Bytes, end: Bytes): Generator<Buffer> {
  for (let at = start; at < end;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
    const got = fs.readSync(source, piece, 0, piece.length, at);
    if (got === 0) return;
    at += got;
    yield piece.subarray(0, got);
  }
}

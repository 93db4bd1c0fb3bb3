// Follows one log: what is appended to its present file, through rotations, emptying and its making. It reads when it is told to look.
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Bytes } from '../model/units.ts';
import { errnoOf } from '../platform/errno.ts';
import { MAX_LINE_BYTES, blocksBackward, blocksForward, blocksOfCompressed, slicesOf } from './blocks.ts';
import { readTimeMap } from './index-reader.ts';
import { openPart } from './open-part.ts';
import { partsOf, plainName } from './parts.ts';
import type { LogPart } from './parts.ts';
import type { Log } from './stored-lines.ts';

/** What a follower hands out. */
export interface FollowerEvents {
  /** Whole lines; `timeAt` tells when the line that begins at this offset of the block was written. */
  block(bytes: Buffer, timeAt: (start: Bytes) => number): void;
  /** What was written was removed before it could be read. */
  lost(): void;
}

export interface Follower {
  /** The log as it is now. What comes later, and a last line without an end, is handed out by `look`. */
  open(): Promise<Pick<Log, 'parts' | 'presentBytes'>>;
  /** Hands out what has come. Looks that overlap become one more look. */
  look(): Promise<void>;
  /** Hands out a last line that has no end: nothing has come for a moment. */
  endLine(): void;
  close(): Promise<void>;
}

const READ_BYTES: Bytes = 256 * 1024;
const NEWLINE = 0x0a;
/** Without O_NONBLOCK, open(2) of a named pipe would wait for its writer. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** `now` is epoch milliseconds. */
export function createFollower(path: string, options: { readonly now: () => number; readonly on: FollowerEvents }): Follower {
  return new PathFollower(path, options);
}

class PathFollower implements Follower {
  readonly #path: string;
  readonly #now: () => number;
  readonly #on: FollowerEvents;
  #file: FileHandle | null = null;
  #inode = -1;
  /** Read, and handed out, up to here. */
  #position: Bytes = 0;
  #rest: Buffer = Buffer.alloc(0);
  /** Names of what had been put aside when the present file was opened. */
  #known: ReadonlySet<string> = new Set();
  #looking: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(path: string, { now, on }: { readonly now: () => number; readonly on: FollowerEvents }) {
    this.#path = path;
    this.#now = now;
    this.#on = on;
  }

  async open(): Promise<Pick<Log, 'parts' | 'presentBytes'>> {
    const older = await this.#reopen();
    if (this.#file === null) return { parts: older, presentBytes: 0 };
    this.#position = await endOfLastLine(this.#file);
    const { size, mtimeMs } = await this.#file.stat();
    const own: LogPart = {
      path: this.#path,
      isCompressed: false,
      isPresent: true,
      endedAt: mtimeMs,
      inode: this.#inode,
      bytes: size,
    };
    return { parts: [...older, own], presentBytes: this.#position };
  }

  async look(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#lookOften().finally(() => void (this.#looking = null));
    return this.#looking;
  }

  endLine(): void {
    if (this.#looking === null) this.#endLastLine();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#looking;
    await this.#file?.close();
    this.#file = null;
  }

  async #lookOften(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      if (this.#file === null) await this.#reopen();
      if (this.#file === null) continue;
      await this.#readOn(this.#file);
      const present = await inodeAndSize(this.#path);
      if (present === null || this.#closed) continue;
      if (present.inode !== this.#inode) await this.#passOn(this.#file);
      else if (present.size < this.#position) this.#restart();
    }
  }

  /** To the end of the open file, which may be longer than what is left of it under its name. */
  async #readOn(file: FileHandle): Promise<void> {
    for (;;) {
      const wanted = Math.max(READ_BYTES, this.#rest.length);
      const bytes = Buffer.allocUnsafe(this.#rest.length + wanted);
      this.#rest.copy(bytes);
      const { bytesRead } = await file.read(bytes, this.#rest.length, wanted, this.#position);
      if (bytesRead === 0 || this.#closed) return;
      const start = this.#position - this.#rest.length;
      const all = bytes.subarray(0, this.#rest.length + bytesRead);
      this.#position += bytesRead;
      const end = all.length >= MAX_LINE_BYTES ? all.length : all.lastIndexOf(NEWLINE) + 1;
      this.#rest = all.subarray(end);
      // A full read: it was written before now, and the index knows when.
      if (end > 0) this.#hand(all.subarray(0, end), start, bytesRead === wanted ? this.#inode : null);
    }
  }

  /** The file has another name, and the path another file: what was put aside in between is read too. */
  async #passOn(old: FileHandle): Promise<void> {
    const read = { known: this.#known, inode: this.#inode };
    await this.#readOn(old);
    this.#endLastLine();
    const bytes = this.#position;
    const older = await this.#reopen();
    const [own, ...between] = older.filter((part) => !read.known.has(plainName(part)));
    // Where it went nowhere that we know, somebody has moved or removed it, and nothing that came after.
    if (own !== undefined) {
      const isWhole = await isRestOf(own, { inode: read.inode, bytes });
      if (!isWhole) this.#on.lost();
      for (const part of isWhole ? between : [own, ...between]) await this.#readAll(part);
    }
    await old.close();
    this.#again = true;
  }

  #endLastLine(): void {
    if (this.#rest.length === 0) return;
    this.#hand(this.#rest, this.#position - this.#rest.length, null);
    this.#rest = Buffer.alloc(0);
  }

  async #readAll(part: LogPart): Promise<void> {
    const times = readTimeMap(part);
    try {
      const { file, isCompressed } = await openPart(part);
      try {
        const blocks = isCompressed
          ? blocksOfCompressed(file, { from: 0, to: Number.POSITIVE_INFINITY })
          : blocksForward(file, { from: 0, to: part.bytes });
        for await (const block of blocks) {
          for (const { bytes, offset } of slicesOf(block)) this.#on.block(bytes, (start) => times?.timeAt(offset + start) ?? part.endedAt);
        }
      } finally {
        await file.close();
      }
    } catch {
      this.#on.lost(); // removed by its age or by the total between the listing and the look
    }
  }

  /** Opens the present file and returns the parts before it. The file may be put aside before they are listed: it is none of them. */
  async #reopen(): Promise<readonly LogPart[]> {
    this.#position = 0;
    this.#rest = Buffer.alloc(0);
    try {
      this.#file = await open(this.#path, FLAGS);
      this.#inode = (await this.#file.stat()).ino;
    } catch (error) {
      this.#file = null;
      this.#inode = -1;
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
    const parts = partsOf(this.#path);
    const own = parts.findIndex((part) => part.inode === this.#inode);
    const older = own === -1 ? parts.filter((part) => !part.isPresent) : parts.slice(0, own);
    this.#known = new Set(older.map(plainName));
    return older;
  }

  /** Emptied by `flush`, or by somebody with `> file`. */
  #restart(): void {
    this.#position = 0;
    this.#rest = Buffer.alloc(0);
    this.#again = true;
  }

  #hand(bytes: Buffer, offset: Bytes, indexOf: number | null): void {
    const now = this.#now();
    const times =
      indexOf === null
        ? null
        : readTimeMap({ path: this.#path, isCompressed: false, isPresent: true, endedAt: now, inode: indexOf, bytes: 0 });
    this.#on.block(bytes, (start) => times?.timeAt(offset + start) ?? now);
  }
}

async function endOfLastLine(file: FileHandle): Promise<Bytes> {
  const { size } = await file.stat();
  for await (const { bytes, offset } of blocksBackward(file, { from: 0, to: size })) {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) return offset + end;
  }
  return 0;
}

async function inodeAndSize(path: string): Promise<{ readonly inode: number; readonly size: Bytes } | null> {
  try {
    const { ino, size } = await stat(path);
    return { inode: ino, size };
  } catch {
    return null; // between a rename and the making of the next file
  }
}

/** Whether a part is the file that was read to its end. A compressed one ends with the size of what it holds, modulo 2^32 (RFC 1952, 2.3.1). */
async function isRestOf(part: LogPart, read: { readonly inode: number; readonly bytes: Bytes }): Promise<boolean> {
  if (!part.isCompressed) return part.inode === read.inode;
  try {
    const file = await open(part.path, 'r');
    try {
      const tail = Buffer.alloc(4);
      await file.read(tail, 0, 4, part.bytes - 4);
      return tail.readUInt32LE() === read.bytes % 2 ** 32;
    } finally {
      await file.close();
    }
  } catch {
    return false; // removed meanwhile
  }
}

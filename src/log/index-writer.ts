// Notes when the bytes of a log file were written, beside it and only now and then. It holds no descriptor, no timer and no bytes; a log without it is still a log.
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { Bytes, Ms } from '../model/units.ts';
import { RECORD_BYTES, encodeHead, encodeRecord, indexPath } from './index-file.ts';
import { isDevicePath } from './paths.ts';

/** A slow log gets a record for whatever comes after so much time... */
const LONG_MS: Ms = 200;
/** ...a fast one after so many bytes, but not more often than this: at most 2.3 % of its size and 100 records a second. */
const MANY_BYTES: Bytes = 512;
const SHORT_MS: Ms = 10;

const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;

/** The index of one path, for its writer. */
export interface TimeIndex {
  /** To be called right before `bytes` are appended to the log, which is open as `file`, at epoch milliseconds `at`. Never throws. */
  note(file: number, bytes: Bytes, at: number): void;
}

/** Several writers of one log may each have one. Of a device there is none, even where a file is behind it: nothing may be made in /dev. */
export function createTimeIndex(logPath: string): TimeIndex {
  return isDevicePath(logPath) ? { note: () => undefined } : new SparseIndex(indexPath(logPath));
}

class SparseIndex implements TimeIndex {
  readonly #path: string;
  #notedAt = Number.NEGATIVE_INFINITY;
  #bytesSince: Bytes = 0;
  /** Of the log that the last record was about. */
  #inode = -1;
  #offset: Bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  note(file: number, bytes: Bytes, at: number): void {
    const isDue = this.#isDue(at);
    this.#bytesSince += bytes;
    if (!isDue) return;
    this.#bytesSince = bytes;
    this.#notedAt = at;
    try {
      const log = fstatSync(file);
      // Pipes and devices have no place to return to.
      if (log.isFile()) this.#append({ inode: log.ino, offset: log.size }, at);
    } catch {
      // A folder in which nothing may be made, a full disk: readers estimate.
    }
  }

  #isDue(at: number): boolean {
    const passedMs = at - this.#notedAt;
    // The clock was set back: what comes now has another time than the last record says.
    return passedMs < 0 || passedMs >= LONG_MS || (passedMs >= SHORT_MS && this.#bytesSince >= MANY_BYTES);
  }

  #append({ inode, offset }: { readonly inode: number; readonly offset: Bytes }, at: number): void {
    const index = openSync(this.#path, FLAGS, 0o640);
    try {
      const isSame = inode === this.#inode ? offset >= this.#offset : readHead(index).equals(encodeHead(inode));
      const { size } = fstatSync(index);
      // A log that was replaced or emptied begins a new index; a record that was written in part is cut off.
      const kept = isSame ? size - (size % RECORD_BYTES) : 0;
      if (kept < size) ftruncateSync(index, kept);
      const record = encodeRecord(offset, at);
      writeSync(index, kept === 0 ? Buffer.concat([encodeHead(inode), record]) : record);
      this.#inode = inode;
      this.#offset = offset;
    } finally {
      closeSync(index);
    }
  }
}

function readHead(index: number): Buffer {
  const head = Buffer.alloc(RECORD_BYTES);
  return head.subarray(0, readSync(index, head, 0, RECORD_BYTES, 0));
}

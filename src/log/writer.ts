// One log file, written by one sink: appended to in large pieces, made again when it is gone, and never in anybody's way.
import { closeSync, constants, mkdirSync, openSync, writevSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bytes, Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { errnoOf, explainErrno } from '../platform/errno.ts';
import { createTimeIndex } from './index-writer.ts';
import type { TimeIndex } from './index-writer.ts';

/** Why a log file is not complete. `failed` comes once per trouble, `recovered` when writing works again, with what was lost meanwhile. */
export type LogTrouble =
  | { readonly kind: 'failed'; readonly file: string; readonly reason: string }
  | { readonly kind: 'recovered'; readonly file: string; readonly droppedBytes: Bytes };

export interface WriterOptions {
  /** Absolute. Missing folders are made. */
  readonly path: string;
  readonly clock: Clock;
  readonly onTrouble: (trouble: LogTrouble) => void;
}

/** Appends bytes to a file. Nothing here throws or waits: what cannot be written is kept up to 256 KiB, tried again, and beyond that dropped and counted. */
export interface LogWriter {
  /** The bytes must not change afterwards: they are not copied. */
  write(chunk: Buffer): void;
  /** Writes now what was batched. */
  flush(): void;
  /** Goes on in the file that the path names now (after a rotation). */
  reopen(): void;
  /** Writes what can be written and closes. */
  end(): void;
}

const BATCH_BYTES = 64 * 1024;
const KEPT_BYTES = 256 * 1024;
/** A full pipe is read on in a moment; a full disk is not. */
const RETRY_SLOW_READER_MS: Ms = 50;
const RETRY_MS: Ms = 1000;
/** More buffers than IOV_MAX (1024) are refused by writev(2). */
const MAX_PIECES = 512;
/** O_NONBLOCK means nothing to files; a named pipe whose reader stands still must not stop the host. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/** The file is made soon after this call, before anything is written to it: so that it can be watched from the start. */
export function createLogWriter(options: WriterOptions): LogWriter {
  return new BatchingWriter(options);
}

class BatchingWriter implements LogWriter {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #onTrouble: (trouble: LogTrouble) => void;
  readonly #index: TimeIndex;
  #file: number | null = null;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #scheduled: Cancel | null;
  /** Set while a failed write waits to be tried again. */
  #retry: Cancel | null = null;
  #trouble: { droppedBytes: Bytes } | null = null;
  #ended = false;

  constructor(options: WriterOptions) {
    this.#path = options.path;
    this.#clock = options.clock;
    this.#onTrouble = options.onTrouble;
    this.#index = createTimeIndex(options.path);
    this.#scheduled = this.#soon();
  }

  write(chunk: Buffer): void {
    if (this.#ended || (this.#retry !== null && this.#queuedBytes + chunk.length > KEPT_BYTES)) {
      this.#drop(chunk.length);
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#retry !== null) return;
    if (this.#queuedBytes >= BATCH_BYTES || this.#queue.length >= MAX_PIECES) this.flush();
    else this.#scheduled ??= this.#soon();
  }

  flush(): void {
    this.#scheduled?.();
    this.#scheduled = null;
    this.#retry?.();
    this.#retry = null;
    if (this.#ended) return;
    try {
      this.#file ??= openForAppend(this.#path);
      if (this.#queuedBytes > 0) this.#index.note(this.#file, this.#queuedBytes, this.#clock.epochMs());
      while (this.#queue.length > 0) this.#take(writevSync(this.#file, this.#queue.slice(0, MAX_PIECES)));
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#recover();
  }

  reopen(): void {
    this.flush();
    this.#close();
    this.flush();
  }

  end(): void {
    this.flush();
    this.#retry?.();
    this.#retry = null;
    this.#ended = true;
    if (this.#queuedBytes > 0) this.#drop(this.#queuedBytes);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#close();
  }

  /** After what this turn of the event loop still brings: many small reads become one write. */
  #soon(): Cancel {
    return this.#clock.setTimer(0, () => this.flush());
  }

  /** Forgets what the kernel has taken; it may take a part of a piece. */
  #take(writtenBytes: number): void {
    this.#queuedBytes -= writtenBytes;
    let left = writtenBytes;
    let done = 0;
    while (done < this.#queue.length && left >= this.#queue[done]!.length) {
      left -= this.#queue[done]!.length;
      done += 1;
    }
    this.#queue.splice(0, done);
    if (left > 0) this.#queue[0] = this.#queue[0]!.subarray(left);
  }

  #fail(error: unknown): void {
    const slowReader = errnoOf(error) === 'EAGAIN' && this.#file !== null;
    if (!slowReader) {
      this.#report(explainErrno(error));
      // A stale handle (a disk that was mounted anew) never works again, the path may.
      this.#close();
    }
    this.#retry = this.#clock.setTimer(slowReader ? RETRY_SLOW_READER_MS : RETRY_MS, () => this.flush());
  }

  #drop(bytes: Bytes): void {
    this.#report('its reader is too slow');
    if (this.#trouble !== null) this.#trouble.droppedBytes += bytes;
  }

  #report(reason: string): void {
    if (this.#trouble !== null) return;
    this.#trouble = { droppedBytes: 0 };
    this.#onTrouble({ kind: 'failed', file: this.#path, reason });
  }

  #recover(): void {
    if (this.#trouble === null) return;
    const { droppedBytes } = this.#trouble;
    this.#trouble = null;
    this.#onTrouble({ kind: 'recovered', file: this.#path, droppedBytes });
  }

  #close(): void {
    if (this.#file === null) return;
    const file = this.#file;
    this.#file = null;
    try {
      closeSync(file);
    } catch (error) {
      // close(2) may report a write that failed late (EIO, EDQUOT); the descriptor is gone all the same.
      this.#report(explainErrno(error));
    }
  }
}

function openForAppend(path: string): number {
  try {
    return openSync(path, FLAGS, 0o640);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, FLAGS, 0o640);
  }
}

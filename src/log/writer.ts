// One log file of this process: appended to in large pieces, made again when it is gone, put aside when that is due, and never in anybody's way.
import { writev } from 'node:fs';
import { promisify } from 'node:util';
import type { LogRotation } from '../model/app-spec.ts';
import type { Bytes, Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { errnoOf, explainErrno } from '../platform/errno.ts';
import { isDue } from '../policy/rotate.ts';
import { moveIndex } from './index-file.ts';
import { createTimeIndex } from './index-writer.ts';
import type { TimeIndex } from './index-writer.ts';
import { closeLog, lookAt, openForAppend } from './open-file.ts';
import type { OpenFile } from './open-file.ts';
import { putAside } from './rotate.ts';

/** Why a log file is not complete, or too long. `failed` comes once per trouble; it ends with `recovered` or, when nobody writes any more, with `given-up`. */
export type LogTrouble =
  | { readonly kind: 'failed'; readonly file: string; readonly reason: string }
  | { readonly kind: 'recovered' | 'given-up'; readonly file: string; readonly lost: Loss }
  | { readonly kind: 'not-rotated'; readonly file: string; readonly reason: string };

/** What was dropped. Lines are counted by their ends. */
export interface Loss {
  readonly lines: number;
  readonly bytes: Bytes;
}

/** What a writer tells. None is called before the call that causes it has returned, but `pressure`. */
export interface WriterEvents {
  trouble(trouble: LogTrouble): void;
  /** True: hold back what can be held back, the file is slower than you. False: go on; it comes within about a second of standstill. */
  pressure(isFull: boolean): void;
  /** The file was put aside under another name. */
  rotated(): void;
  /** Nobody wants it any more, and the file is closed. */
  closed(): void;
}

export interface WriterOptions {
  /** Absolute. Missing folders are made. */
  readonly path: string;
  readonly clock: Clock;
  readonly rotation: LogRotation;
  readonly on: WriterEvents;
}

/** Appends bytes to a file. Nothing here throws or blocks: while the disk refuses, up to 256 KiB are kept and tried again, and the rest is dropped and counted. */
export interface LogWriter {
  /** Pieces of whole lines, written behind each other with nothing of anybody else in between. They must not change afterwards: they are not copied. */
  write(pieces: readonly Buffer[]): void;
  /** Goes on in the file that the path names now. */
  reopen(): void;
  /** Whether somebody means to write. When nobody does, what is left is written, or given up, and the file is closed. */
  want(isWanted: boolean): void;
  rotateBy(rotation: LogRotation): void;
}

/** What waits while the file is slow; above it the sources are held back, or, where the file is in trouble, what comes is dropped. */
const BUFFER_BYTES: Bytes = 256 * 1024;
/** So much is written without waiting for more. */
const BATCH_BYTES: Bytes = 64 * 1024;
/** More buffers than IOV_MAX (1024) are refused by writev(2). */
const MAX_PIECES = 1000;
/** A file that takes nothing for so long is in trouble: its sources are held back no longer. */
const STALL_MS: Ms = 1000;
/** A full pipe is read on in a moment; a full disk is not. */
const RETRY_SLOW_READER_MS: Ms = 5;
const RETRY_MS: Ms = 1000;
/** How often a file that is written to is looked for under its name. */
const LOOK_MS: Ms = 1000;
/** After a rotation that could not be done. */
const ROTATE_AGAIN_MS: Ms = 60_000;
const NEWLINE = 0x0a;

/** Off the event loop: a disk that stands still holds a thread, and no connection. */
const writeLater = promisify(writev) as (file: number, pieces: readonly Buffer[]) => Promise<{ readonly bytesWritten: number }>;

/** The file is made soon after this call, before anything is written to it: so that it can be watched from the start. */
export function createLogWriter(options: WriterOptions): LogWriter {
  return new AppendingWriter(options);
}

class AppendingWriter implements LogWriter {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #on: WriterEvents;
  #index: TimeIndex;
  #rotation: LogRotation;
  #file: OpenFile | null = null;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  /** When the first of what is queued came, in epoch milliseconds. */
  #queuedAt = 0;
  /** Set while the next run waits: for more to write, or for better times. */
  #next: Cancel | null = null;
  #isRunning = false;
  #isWanted = true;
  #reopens = false;
  /** Set while the sources are held back. */
  #stall: Cancel | null = null;
  #trouble: { lines: number; bytes: Bytes } | null = null;
  #rotateAgainAtMs: Ms | null = null;

  constructor({ path, clock, rotation, on }: WriterOptions) {
    this.#path = path;
    this.#clock = clock;
    this.#on = on;
    this.#rotation = rotation;
    this.#index = createTimeIndex(path);
    this.#runIn(0);
  }

  write(pieces: readonly Buffer[]): void {
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    if (this.#trouble !== null && this.#queuedBytes + bytes > BUFFER_BYTES) return this.#lose(pieces);
    if (this.#queue.length === 0) this.#queuedAt = this.#clock.epochMs();
    this.#queue.push(...pieces);
    this.#queuedBytes += bytes;
    if (this.#queuedBytes > BUFFER_BYTES) this.#holdBack();
    const waitsForBetterTimes = this.#trouble !== null && this.#next !== null;
    if (this.#isRunning || waitsForBetterTimes) return;
    if (this.#queuedBytes >= BATCH_BYTES) this.#runNow();
    else if (this.#next === null) this.#runIn(0);
  }

  reopen(): void {
    this.#reopens = true;
    this.#runNow();
  }

  want(isWanted: boolean): void {
    this.#isWanted = isWanted;
    if (isWanted) return;
    if (this.#queue.length > 0) this.#holdBack();
    this.#runNow();
  }

  rotateBy(rotation: LogRotation): void {
    this.#rotation = rotation;
  }

  /** With 0 after what this turn of the event loop still brings: many small reads become one write. */
  #runIn(delayMs: Ms): void {
    this.#next = this.#clock.setTimer(delayMs, () => this.#runNow());
  }

  #runNow(): void {
    this.#next?.();
    this.#next = null;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      do await this.#writeOnce();
      while (this.#queue.length > 0 || this.#reopens);
      if (this.#trouble !== null) this.#endTrouble('recovered');
    } catch (error) {
      await this.#fail(error);
    }
    if (!this.#isWanted && this.#queue.length === 0) await this.#close();
    this.#isRunning = false;
    if (this.#queue.length > 0 && this.#next === null) this.#runNow();
    else if (this.#queue.length === 0 && !this.#isWanted && this.#file === null) this.#on.closed();
  }

  async #writeOnce(): Promise<void> {
    const file = await this.#prepare();
    if (this.#queue.length === 0) return;
    this.#index.note(file.descriptor, this.#queuedBytes, this.#queuedAt);
    this.#queuedAt = this.#clock.epochMs();
    const { bytesWritten } = await writeLater(file.descriptor, oneCall(this.#queue));
    file.size += bytesWritten;
    file.lastAt = this.#queuedAt;
    file.endsLine = this.#take(bytesWritten) === NEWLINE;
    if (this.#stall !== null) this.#goOn();
  }

  /** The file that is to be written to now. */
  async #prepare(): Promise<OpenFile> {
    if (this.#reopens || (await this.#isElsewhere())) await this.#close();
    this.#reopens = false;
    this.#file ??= await openForAppend(this.#path, this.#clock.monotonicMs());
    if (this.#isDue(this.#file)) await this.#rotate(this.#file);
    this.#file ??= await openForAppend(this.#path, this.#clock.monotonicMs());
    return this.#file;
  }

  /** Whether somebody has renamed or removed the file, or put another one in its place. Others may have written to it as well, or emptied it. */
  async #isElsewhere(): Promise<boolean> {
    const file = this.#file;
    const nowMs = this.#clock.monotonicMs();
    if (file === null || file.inode === null || nowMs - file.lookedAtMs < LOOK_MS) return false;
    file.lookedAtMs = nowMs;
    const found = await lookAt(this.#path);
    if (found?.inode !== file.inode) return true;
    file.size = found.size;
    return false;
  }

  #isDue(file: OpenFile): boolean {
    if (file.inode === null || this.#queue.length === 0) return false;
    if (this.#rotateAgainAtMs !== null && this.#clock.monotonicMs() < this.#rotateAgainAtMs) return false;
    const { size, endsLine, lastAt } = file;
    const writing = { size, endsLine, moreBytes: this.#queuedBytes, lastAt: wallClock(lastAt), now: wallClock(this.#clock.epochMs()) };
    return isDue(writing, this.#rotation);
  }

  /** Leaves no open file where it was put aside: by us, or by another process just now. */
  async #rotate(file: OpenFile): Promise<void> {
    try {
      const found = await lookAt(this.#path);
      if (found?.inode === file.inode) {
        file.size = found.size;
        // Somebody has emptied it.
        if (!this.#isDue(file)) return;
        moveIndex(this.#path, await putAside(this.#path, this.#clock.epochMs()));
      }
    } catch (error) {
      if (this.#rotateAgainAtMs === null) this.#on.trouble({ kind: 'not-rotated', file: this.#path, reason: explainErrno(error) });
      this.#rotateAgainAtMs = this.#clock.monotonicMs() + ROTATE_AGAIN_MS;
      return;
    }
    this.#rotateAgainAtMs = null;
    await this.#close();
    this.#index = createTimeIndex(this.#path);
    this.#on.rotated();
  }

  /** Forgets what the kernel has taken, which may be a part of a piece; returns its last byte. */
  #take(writtenBytes: number): number | undefined {
    this.#queuedBytes -= writtenBytes;
    let left = writtenBytes;
    let done = 0;
    while (done < this.#queue.length && left >= this.#queue[done]!.length) {
      left -= this.#queue[done]!.length;
      done += 1;
    }
    const last = left > 0 ? this.#queue[done]![left - 1] : this.#queue[done - 1]?.at(-1);
    this.#queue.splice(0, done);
    if (left > 0) this.#queue[0] = this.#queue[0]!.subarray(left);
    return last;
  }

  async #fail(error: unknown): Promise<void> {
    const slowReader = errnoOf(error) === 'EAGAIN' && this.#file !== null;
    if (!slowReader) {
      this.#beginTrouble(explainErrno(error));
      // A stale handle (a disk that was mounted anew) never works again, the path may.
      await this.#close();
    }
    if (this.#isWanted || this.#trouble === null) return this.#runIn(slowReader ? RETRY_SLOW_READER_MS : RETRY_MS);
    this.#lose(this.#queue);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#endTrouble('given-up');
  }

  #holdBack(): void {
    if (this.#stall !== null || this.#trouble !== null) return;
    this.#armStall();
    this.#on.pressure(true);
  }

  #armStall(): void {
    this.#stall?.();
    this.#stall = this.#clock.setTimer(STALL_MS, () =>
      this.#beginTrouble(this.#file?.inode === null ? 'its reader is too slow' : 'the disk is too slow'),
    );
  }

  /** Something was written. */
  #goOn(): void {
    if (this.#queuedBytes > BUFFER_BYTES / 2) this.#armStall();
    else this.#release();
  }

  #release(): void {
    if (this.#stall === null) return;
    this.#stall();
    this.#stall = null;
    this.#on.pressure(false);
  }

  #beginTrouble(reason: string): void {
    this.#release();
    if (this.#trouble !== null) return;
    this.#trouble = { lines: 0, bytes: 0 };
    this.#on.trouble({ kind: 'failed', file: this.#path, reason });
  }

  #endTrouble(kind: 'recovered' | 'given-up'): void {
    const lost = this.#trouble!;
    this.#trouble = null;
    this.#on.trouble({ kind, file: this.#path, lost });
  }

  #lose(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      this.#trouble!.bytes += piece.length;
      for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) this.#trouble!.lines += 1;
    }
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    try {
      await closeLog(file);
    } catch (error) {
      // close(2) may report a write that failed late (EIO, EDQUOT); the descriptor is gone all the same.
      this.#beginTrouble(explainErrno(error));
    }
  }
}

/** As many pieces as one call takes, to the end of a line where there is one: another process may come in between. */
function oneCall(queue: readonly Buffer[]): readonly Buffer[] {
  if (queue.length <= MAX_PIECES) return queue;
  const last = queue.slice(0, MAX_PIECES).findLastIndex((piece) => piece.at(-1) === NEWLINE);
  return queue.slice(0, last === -1 ? MAX_PIECES : last + 1);
}

/** The moment as a clock on the wall shows it: there a day begins at midnight. */
function wallClock(at: number): number {
  return at - new Date(at).getTimezoneOffset() * 60_000;
}

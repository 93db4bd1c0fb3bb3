// Writing to an open descriptor (standard output, standard error) without waiting for who reads it. How much may wait is the caller's business.
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import net from 'node:net';
import tty from 'node:tty';
import type { Bytes, Ms } from '../model/units.ts';
import { systemClock } from './clock.ts';
import { errnoOf } from './errno.ts';

/** What the writer of a descriptor hears. */
export interface DescriptorEvents {
  /** Some of what waited has been taken. */
  progress(): void;
  /** Nobody reads it any more; what is written from now on goes nowhere. Told once. */
  gone(): void;
}

export interface Descriptor {
  /** The bytes must not change afterwards: they are not copied. */
  write(bytes: Buffer): void;
  /** Written, and not taken yet. */
  readonly pendingBytes: Bytes;
}

/** A terminal that was stopped (Ctrl-S) or is slow. */
const RETRY_TERMINAL_MS: Ms = 10;
/** A full disk. */
const RETRY_DISK_MS: Ms = 1000;
/** EIO: the terminal was hung up (termios(3)). */
const GONE = ['EPIPE', 'EIO', 'EBADF', 'ECONNRESET'];

/** Pipes and sockets are written when they have room; files at once; a terminal through a description of its own, for blocking is a property of that (open(2)). */
export function openDescriptor(fd: number, on: DescriptorEvents): Descriptor {
  const kind = kindOf(fd);
  if (kind === 'pipe') return new PipeDescriptor(fd, on);
  return new FileDescriptor(kind === 'terminal' ? reopen(fd) : fd, on);
}

/** Whether two descriptors lead to the same file, pipe or terminal. */
export function isSameFile(a: number, b: number): boolean {
  try {
    const [one, other] = [fstatSync(a), fstatSync(b)];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return false; // one of them is closed
  }
}

function kindOf(fd: number): 'pipe' | 'terminal' | 'file' {
  if (tty.isatty(fd)) return 'terminal';
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket() ? 'pipe' : 'file';
  } catch {
    return 'file'; // Closed: the first write says so.
  }
}

function reopen(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd; // Another user's terminal (su(1)): then it is waited for.
  }
}

class PipeDescriptor implements Descriptor {
  readonly #socket: net.Socket;
  readonly #on: DescriptorEvents;
  #isCorked = false;
  pendingBytes = 0;

  constructor(fd: number, on: DescriptorEvents) {
    this.#on = on;
    this.#socket = new net.Socket({ fd, readable: false, writable: true });
    this.#socket.once('error', () => undefined); // 'close' follows.
    this.#socket.once('close', () => {
      this.pendingBytes = 0;
      on.gone();
    });
  }

  write(bytes: Buffer): void {
    if (this.#socket.destroyed) return;
    this.pendingBytes += bytes.length;
    // What one turn of the event loop brings is one writev(2).
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(bytes, (error) => {
      if (error) return;
      this.pendingBytes -= bytes.length;
      this.#on.progress();
    });
  }
}

class FileDescriptor implements Descriptor {
  readonly #fd: number;
  readonly #on: DescriptorEvents;
  #queue: Buffer[] = [];
  #isWaiting = false;
  #isGone = false;
  pendingBytes = 0;

  constructor(fd: number, on: DescriptorEvents) {
    this.#fd = fd;
    this.#on = on;
  }

  write(bytes: Buffer): void {
    if (this.#isGone) return;
    this.#queue.push(bytes);
    this.pendingBytes += bytes.length;
    if (!this.#isWaiting) this.#flush();
  }

  #flush(): void {
    this.#isWaiting = false;
    try {
      while (this.#queue.length > 0) this.#take(writeSync(this.#fd, this.#queue[0]!));
    } catch (error) {
      const code = errnoOf(error);
      if (code !== null && GONE.includes(code)) return this.#end();
      this.#isWaiting = true;
      systemClock.setTimer(code === 'EAGAIN' ? RETRY_TERMINAL_MS : RETRY_DISK_MS, () => {
        this.#flush();
        this.#on.progress();
      });
    }
  }

  #take(writtenBytes: number): void {
    this.pendingBytes -= writtenBytes;
    const first = this.#queue[0]!;
    if (writtenBytes === first.length) this.#queue.shift();
    else this.#queue[0] = first.subarray(writtenBytes);
  }

  #end(): void {
    this.#isGone = true;
    this.#queue = [];
    this.pendingBytes = 0;
    // Not within the caller's own write.
    process.nextTick(() => this.#on.gone());
  }
}

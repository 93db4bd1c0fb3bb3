// A log file as it is on the disk: opened to append to, looked for under its name, closed. It writes nothing.
import { close, constants, fstat, mkdir, open, stat } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Bytes, Ms } from '../model/units.ts';
import { errnoOf } from '../platform/errno.ts';
import { isDevicePath } from './paths.ts';

/** Its writer keeps it up to date. */
export interface OpenFile {
  readonly descriptor: number;
  /** Null for what is no plain file, or is another process's: it has no name of its own that could be looked for, and is never put aside. */
  readonly inode: number | null;
  size: Bytes;
  /** As far as is known. */
  endsLine: boolean;
  /** Epoch milliseconds of the latest write. */
  lastAt: number;
  lookedAtMs: Ms;
}

const later = {
  close: promisify(close),
  fstat: promisify(fstat) as (file: number) => Promise<Stats>,
  mkdir: promisify(mkdir),
  open: promisify(open),
  stat: promisify(stat) as (path: string) => Promise<Stats>,
};

/** O_NONBLOCK means nothing to files; a named pipe whose reader stands still must not hold a thread. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
/** Others of the group may read logs. */
const MODE = 0o640;

/** Makes the file, and its folder, where it is missing. */
export async function openForAppend(path: string, nowMs: Ms): Promise<OpenFile> {
  const descriptor = await openOrMake(path);
  const found = await later.fstat(descriptor);
  return {
    descriptor,
    inode: found.isFile() && !isDevicePath(path) ? found.ino : null,
    size: found.size,
    endsLine: true,
    lastAt: found.mtimeMs,
    lookedAtMs: nowMs,
  };
}

async function openOrMake(path: string): Promise<number> {
  try {
    return await later.open(path, FLAGS, MODE);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    await later.mkdir(dirname(path), { recursive: true });
    return later.open(path, FLAGS, MODE);
  }
}

/** What has this name now; null when nothing has, or nobody can say. */
export async function lookAt(path: string): Promise<{ readonly inode: number; readonly size: Bytes } | null> {
  try {
    const { ino, size } = await later.stat(path);
    return { inode: ino, size };
  } catch {
    // ENOENT, or a folder that may not be entered any more: opening it anew tells.
    return null;
  }
}

/** Rejects where a write fails only now (close(2)); the descriptor is gone all the same. */
export async function closeLog(file: OpenFile): Promise<void> {
  await later.close(file.descriptor);
}

// A lock that dies with its owner: a file made by link(2), naming the process that holds it.
import { linkSync, readFileSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import type { ProcessId } from '../model/protocol.ts';
import { errnoOf, explainErrno } from './errno.ts';
import { bootId, isSameProcess, startTimeOf, thisProcess } from './proc-stat.ts';

/** A held lock. */
export interface Lock {
  /** Lets the next one have it. Harmless when called twice. */
  release(): void;
}

/** Pid and start time could be the same after a reboot, so the boot is part of the owner. */
type Owner = ProcessId & { readonly bootId: string };

/** Each level is needed only when a process died within the microseconds of a take-over. */
const MAX_TAKEOVER_DEPTH = 4;

let temporaries = 0;

/**
 * Takes the lock, or returns null when a living process has it (also this one). The lock of a dead owner is taken over; of any number of processes
 * that try at once exactly one gets it. Throws HOME_UNUSABLE when the file cannot be made.
 */
export function acquireLock(path: string): Lock | null {
  const self: Owner = { ...thisProcess(), bootId: bootId() };
  temporaries += 1;
  const temporary = `${path}.${self.pid}.${temporaries}.tmp`;
  try {
    // link(2) makes the lock appear with its whole content or not at all, which open(O_EXCL) followed by a write would not.
    writeFileSync(temporary, JSON.stringify(self), { mode: 0o600 });
    if (!take({ path, temporary, depth: 0 })) return null;
    removeLeftovers(path);
  } catch (error) {
    throw new HoldfastError('HOME_UNUSABLE', `Cannot create the lock ${path}: ${explainErrno(error)}.`, { cause: error });
  } finally {
    removeIfThere(temporary);
  }
  return createHeldLock(path, self);
}

/** What those left behind that were killed while they tried. */
function removeLeftovers(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const [, pid] = (name.startsWith(basename(path)) && /\.(\d+)\.\d+\.tmp(?:\.new)?$/.exec(name)) || [];
    if (pid !== undefined && startTimeOf(Number(pid)) === null) removeIfThere(join(folder, name));
  }
}

interface Attempt {
  readonly path: string;
  /** A file with our name in it, on the same file system. */
  readonly temporary: string;
  readonly depth: number;
}

function take(attempt: Attempt): boolean {
  const { path, temporary, depth } = attempt;
  for (;;) {
    if (linkIfFree(temporary, path)) return true;
    const content = readIfThere(path);
    if (content === null) continue; // Released between the two calls: free again.
    if (ownerLives(content)) return false;
    // Whoever replaces a dead owner's lock must hold this second lock while looking again and replacing. Two that saw the same dead owner can so
    // never both replace it, and nobody else touches the file: its owner is dead.
    const guard = { path: `${path}.takeover`, temporary, depth: depth + 1 };
    if (depth === MAX_TAKEOVER_DEPTH || !take(guard)) return false;
    try {
      if (readIfThere(path) === content) {
        replaceWithCopy(temporary, path);
        return true;
      }
    } finally {
      removeIfThere(guard.path);
    }
  }
}

function createHeldLock(path: string, self: Owner): Lock {
  let held = true;
  return {
    release() {
      if (held && readIfThere(path) === JSON.stringify(self)) removeIfThere(path);
      held = false;
    },
  };
}

/** rename(2) uses its source up, and the levels above still need the temporary. */
function replaceWithCopy(temporary: string, path: string): void {
  const second = `${temporary}.new`;
  linkSync(temporary, second);
  renameSync(second, path);
}

function ownerLives(content: string): boolean {
  try {
    const owner = JSON.parse(content) as Owner;
    return owner.bootId === bootId() && isSameProcess(owner);
  } catch {
    return false; // Whole content is guaranteed by link(2); anything else is what a power cut left.
  }
}

function linkIfFree(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

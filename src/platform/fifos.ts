// The FIFOs of this process's children: made in batches, named after the child that holds them, removed with it. It reads none of them.
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './errno.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants;

/** For sixteen to twenty-four children. mkfifo(1) takes 5 ms, however many it makes; Node itself cannot make one. */
const BATCH = 48;
const ENDS = ['in', 'out', 'err'] as const;

/** What this process reads from. */
export interface ReadEnds {
  readonly out: number;
  readonly err: number;
}

/** The FIFOs for a child that is about to be launched. */
export interface FreshFifos extends ReadEnds {
  /**
   * Standard input, output and error of the child, each open for reading and writing: with nobody at the other end it gets neither SIGPIPE nor an end
   * of its input (fifo(7): a process that opens both ends). To be closed here by `handOver`.
   */
  readonly childEnds: readonly [number | 'ignore', number, number];
  /** The child has them; under its number they are found again. */
  handOver(pid: number): void;
  /** There is no child: closes and removes all. */
  drop(): void;
}

/** A living process that nobody knows. */
export interface Stray {
  readonly pid: number;
  readonly takesInput: boolean;
}

/** What became of a line: `full` says that the child does not read and 64 KiB wait for it, `closed` that it has no input any more. */
export type InputOutcome = 'taken' | 'full' | 'closed';

export interface Fifos {
  /** For a child of this user, so that it can open what it has got once more; null is our own. Throws where the file system or the machine has no FIFOs. */
  create(takesInput: boolean, user: { readonly uid: number; readonly gid: number } | null): FreshFifos;
  /** Those of a child that was launched earlier, perhaps by another process; null where they are gone. */
  reopen(pid: number): ReadEnds | null;
  /** Whole or not at all, and without waiting. At most `MAX_INPUT_BYTES`. */
  write(pid: number, line: Buffer): InputOutcome;
  /** The child needs them no more. */
  remove(pid: number): void;
  /**
   * To be called before anything else where an earlier process may have used the folder. Removes what belongs to none of these, and returns the living
   * processes that hold what belongs to none: launched so shortly before that process died that it could tell nobody. The output of those that take no
   * input is kept.
   */
  keepOnly(pids: ReadonlySet<number>): readonly Stray[];
  removeAll(): void;
}

/** Makes nothing yet. `folder` is for these files only. */
export function createFifos(folder: string): Fifos {
  let spare: string[] = [];
  let made = 0;

  const pathOf = (pid: number, end: (typeof ENDS)[number]): string => join(folder, `${pid}.${end}`);

  function take(): string {
    if (spare.length === 0) spare = make();
    return spare.pop()!;
  }

  function make(): string[] {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Those of an earlier process may still lie there.
    const paths = Array.from({ length: BATCH }, () => join(folder, `spare.${process.pid}.${(made += 1)}`));
    const { error, status, stderr } = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: ['ignore', 'ignore', 'pipe'] });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(stderr.toString().trim());
    return paths;
  }

  function create(takesInput: boolean, user: Parameters<Fifos['create']>[1]): FreshFifos {
    const opened: number[] = [];
    const open = (path: string, flags: number): number => {
      const file = openSync(path, flags);
      opened.push(file);
      return file;
    };
    const close = (): void => opened.forEach((file) => closeSync(file));
    try {
      const [input, output, error] = [takesInput ? take() : null, take(), take()];
      const names = { in: input, out: output, err: error };
      if (user !== null) for (const path of [output, error]) chownSync(path, user.uid, user.gid);
      // Who reads comes first: so the end of the output is seen whatever happens to the child.
      const ends = { out: open(output, O_RDONLY | O_NONBLOCK), err: open(error, O_RDONLY | O_NONBLOCK) };
      const childEnds = [input === null ? ('ignore' as const) : open(input, O_RDWR), open(output, O_RDWR), open(error, O_RDWR)] as const;
      return {
        ...ends,
        childEnds,
        handOver(pid) {
          for (const file of childEnds) if (file !== 'ignore') closeSync(file);
          for (const end of ENDS) if (names[end] !== null) renameSync(names[end], pathOf(pid, end));
        },
        drop() {
          close();
          for (const end of ENDS) if (names[end] !== null) rmSync(names[end], { force: true });
        },
      };
    } catch (error) {
      close();
      // Somebody may have removed the folder: the next child gets new ones.
      spare = [];
      throw error;
    }
  }

  function remove(pid: number): void {
    for (const end of ENDS) rmSync(pathOf(pid, end), { force: true });
  }

  return {
    create,
    reopen(pid) {
      const out = openIfThere(pathOf(pid, 'out'), O_RDONLY | O_NONBLOCK);
      if (out === null) return null;
      const err = openIfThere(pathOf(pid, 'err'), O_RDONLY | O_NONBLOCK);
      if (err === null) closeSync(out);
      return err === null ? null : { out, err };
    },
    write(pid, line) {
      const file = openIfThere(pathOf(pid, 'in'), O_WRONLY | O_NONBLOCK);
      if (file === null) return 'closed';
      try {
        writeSync(file, line);
        return 'taken';
      } catch (error) {
        if (errnoOf(error) === 'EAGAIN') return 'full';
        // It was closed between the two calls.
        if (errnoOf(error) === 'EPIPE') return 'closed';
        throw error;
      } finally {
        closeSync(file);
      }
    },
    remove,
    keepOnly(pids) {
      const others = namesIn(folder).filter((name) => !pids.has(holderOf(name)));
      const held = new Set(others.map(holderOf).filter((pid) => isHeldBy(pid, pathOf(pid, 'err'))));
      const strays = [...held].map((pid) => ({ pid, takesInput: existsSync(pathOf(pid, 'in')) }));
      const kept = new Set(strays.flatMap(({ pid, takesInput }) => (takesInput ? [] : [pid])));
      for (const name of others) if (!kept.has(holderOf(name))) rmSync(join(folder, name), { force: true });
      return strays;
    },
    removeAll: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Null where it is gone, or (for writing) nobody reads from it. */
function openIfThere(path: string, flags: number): number | null {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENXIO') return null;
    throw error;
  }
}

/** Whether that FIFO is the standard error of the process: then it is the child of that number, and no other process which has the number now. */
function isHeldBy(pid: number, path: string): boolean {
  try {
    const [held, named] = [statSync(`/proc/${pid}/fd/2`), statSync(path)];
    return held.ino === named.ino && held.dev === named.dev;
  } catch {
    return false; // The process or the FIFO is gone.
  }
}

/** Not a number for one that was not given out yet. */
function holderOf(name: string): number {
  return Number(name.split('.')[0]);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // None was ever made.
  }
}

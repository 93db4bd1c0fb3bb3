// Finding and ending processes by what they inherited: an environment variable, read from /proc/PID/environ (proc(5)).
import fs from 'node:fs';
import { waitFor } from './wait.ts';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Living processes (no zombies) that were started with `NAME=value` in their environment, this one excluded. */
export function processesWith(name: string, value: string): FoundProcess[] {
  const wanted = `${name}=${value}`;
  return fs
    .readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(wanted))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim() }))
    .filter(({ pid }) => isAlive(pid));
}

/** True while the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  const state = /^\d+ \(.*\) (\S)/s.exec(read(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** SIGKILL to all of them; resolves when none lives. */
export async function killAll(find: () => readonly FoundProcess[]): Promise<void> {
  await waitFor('processes to end after SIGKILL', () => {
    const living = find();
    for (const { pid } of living) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended between the look and the signal.
      }
    }
    return living.length === 0;
  });
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return ''; // it ended, or belongs to somebody else
  }
}

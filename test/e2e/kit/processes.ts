// Asking whether a process lives, and ending what a test found.
import fs from 'node:fs';
import type { FoundProcess } from '../../../scripts/leftovers.mjs';
import { waitFor } from './wait.ts';

/** True while the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    const state = /^\d+ \(.*\) (\S)/s.exec(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false; // it is gone, and so is its folder
  }
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

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

/** What the kernel says of a process (proc_pid_stat(5)); undefined when there is none. */
export interface KernelView {
  readonly parent: number;
  readonly session: number;
  /** User and system time in clock ticks of 10 ms. */
  readonly cpuTicks: number;
}

/** Looks at one process. */
export function kernelViewOf(pid: number): KernelView | undefined {
  try {
    // The name may hold spaces and brackets: fields are counted behind its end, the first there is the third of the file.
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { parent: Number(fields[1]), session: Number(fields[3]), cpuTicks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined; // it is gone, and so is its folder
  }
}

/** Addresses of the TCP sockets on which a process listens, as the kernel writes them. */
export function listeningTcpOf(pid: number): readonly string[] {
  const inodes = new Set(
    fs.readdirSync(`/proc/${pid}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1] ?? []),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    fs
      .readFileSync(`/proc/${pid}/net/${table}`, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => fields[1]!),
  );
}

function readLink(path: string): string {
  try {
    return fs.readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

/** Milliseconds that the main thread of a process has computed, which a busy machine stretches far less than time (schedstat: nanoseconds on a CPU). */
export function computedMs(pid: number): number {
  return Number(fs.readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** Milliseconds that the main thread of a process was ready to run and had to wait for a processor (the second of schedstat). */
export function waitedMs(pid: number): number {
  return Number(fs.readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
}

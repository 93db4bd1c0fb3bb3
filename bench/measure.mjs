// What a process costs and how long things take: read from /proc, or timed from outside.
import { spawn } from 'node:child_process';
import fs from 'node:fs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds from the start of a program to its end. */
export function timeOf(file, args, env) {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(performance.now() - startedAt) : reject(new Error(`${file} ${args.join(' ')} ended with code ${code}.`)),
    );
  });
}

/** Private memory in MB: what would be free again if only this process ended. `dirty` leaves out clean pages of files (smaps_rollup, proc(5)). */
export function privateMemory(pid) {
  const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]) / 1024;
  return { dirty: megabytes('Private_Dirty'), all: megabytes('Private_Dirty') + megabytes('Private_Clean') };
}

/** CPU milliseconds of all threads since the process started (schedstat: nanoseconds on a CPU). */
export function cpuMs(pid) {
  const threads = fs.readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** Percent of one core that these processes use together over `seconds`. */
export async function cpuOver(pids, seconds) {
  const before = pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
  await pause(seconds * 1000);
  return (pids.reduce((sum, pid) => sum + cpuMs(pid), 0) - before) / (seconds * 10);
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until the probe answers something; a minute at most. */
export async function until(what, probe) {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`Waited a minute in vain for ${what}.`);
    await pause(10);
  }
}

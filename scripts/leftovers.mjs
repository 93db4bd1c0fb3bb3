// What a test run left behind: processes that carry its id in their environment, and files in its temp folder.
import fs from 'node:fs';
import path from 'node:path';

/** Living processes that were started with `NAME=value` in their environment, this one excluded. Only Linux can tell; elsewhere there are none. */
export function processesWith(name, value) {
  if (!fs.existsSync('/proc/self/environ')) return [];
  return fs
    .readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`${name}=${value}`))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim() }))
    .filter(({ command }) => command !== ''); // a zombie has none
}

/** Everything under the temp folder of the run. */
export function filesIn(folder) {
  return fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

/** The path, and of a folder also what is in it, `levels` deep: only that tells which test has made it. */
export function printTree(file, levels = 2) {
  const inside = levels === 0 || !fs.lstatSync(file, { throwIfNoEntry: false })?.isDirectory() ? [] : filesIn(file);
  return [file, ...inside.flatMap((one) => printTree(one, levels - 1))];
}

/** Waits up to `graceMs` for the last processes to go, then says what is still there. */
export async function findLeftovers(runId, folder, graceMs = 2000) {
  const living = () => processesWith('HOLDFAST_TEST_RUN', runId);
  const deadline = Date.now() + graceMs;
  while (living().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  return { processes: living(), files: filesIn(folder) };
}

function read(file) {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return ''; // it ended meanwhile, or belongs to another user
  }
}

// What every run of the test suite shares: its environment, its temp folder, and how vitest's report is summed up.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findLeftovers, printTree } from './leftovers.mjs';

/** A run of its own: processes carry `id` in their environment, files go below `temp`. */
export function createRun() {
  const id = randomBytes(4).toString('hex');
  // Short: Unix sockets are made below it, and their paths may have 107 bytes.
  const temp = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hft-')));
  // Apps of other users are found below it.
  fs.chmodSync(temp, 0o755);
  // npm and others would fill a cache below TMPDIR that nobody asked for.
  const env = { ...process.env, HOLDFAST_TEST_RUN: id, TMPDIR: temp, NODE_DISABLE_COMPILE_CACHE: '1' };
  // It costs every start of Node 20 more than 50 ms, so only the tests that run npm put it back.
  if (env.NODE_EXTRA_CA_CERTS) env.HOLDFAST_TEST_CA_CERTS = env.NODE_EXTRA_CA_CERTS;
  for (const name of ['HOLDFAST_HOME', 'NODE_EXTRA_CA_CERTS', 'NODE_ENV', 'PORT']) delete env[name];
  return { id, temp, env };
}

/** Arguments of vitest for one project, and the file of its report. */
export function vitestOf(run, project, filters) {
  const report = path.join(run.temp, `${project}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
    ...filters,
  ];
  return { args, report };
}

/**
 * Reads and removes the report: the sum, and what it is made of by file. A file that cannot be loaded has no failed test, so it
 * counts as one; so do an exit code without any failure (an error outside every test) and a missing report.
 */
export function sumUp(report, code) {
  const result = readReport(report);
  if (result === null) return { passed: 0, failed: 1, skipped: 0, files: [] };
  fs.rmSync(report);
  const files = result.testResults.map(sumOfFile);
  const sum = total(files);
  return { ...sum, failed: sum.failed === 0 && code !== 0 ? 1 : sum.failed, files };
}

/** `name` is the file's absolute path. */
function sumOfFile({ name, status, assertionResults }) {
  const named = (wanted) => assertionResults.filter((test) => wanted(test.status)).map((test) => test.fullName);
  const passed = named((one) => one === 'passed');
  const failures = named((one) => one === 'failed');
  const skipped = assertionResults.length - passed.length - failures.length;
  return { name, passed, failed: status === 'failed' && failures.length === 0 ? [path.basename(name)] : failures, skipped };
}

function total(files) {
  const add = (sum, file) => ({
    passed: sum.passed + file.passed.length,
    failed: sum.failed + file.failed.length,
    skipped: sum.skipped + file.skipped,
  });
  return files.reduce(add, { passed: 0, failed: 0, skipped: 0 });
}

/** The files of which something failed. */
export function failedFiles(sum) {
  return sum.files.filter((file) => file.failed.length > 0).map((file) => file.name);
}

/**
 * The sum where the failed files have been run again, alone: what the second try says of a file replaces the first. Processes of
 * their own on a machine that others use too can miss any bound once; what is broken fails again. `lucky` names what failed at first
 * only, so that it is seen and mended. A file of which the second try says nothing has failed; so has what failed outside every file.
 */
export function withSecondTry(first, second) {
  const again = new Map(second.files.map((file) => [file.name, file]));
  const files = first.files.map((file) => again.get(file.name) ?? file);
  const sum = total(files);
  const lucky = first.files.flatMap((file) => {
    const now = again.get(file.name);
    return now === undefined ? [] : file.failed.filter((name) => now.failed.length === 0 || now.passed.includes(name));
  });
  return { ...sum, failed: sum.failed === 0 ? second.failed : sum.failed, files, lucky };
}

function readReport(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null; // vitest ended before it was written
  }
}

/** Ends the run: names what any test left behind, kills and removes it. Returns how much it was. */
export async function endRun(run) {
  const { processes, files } = await findLeftovers(run.id, run.temp);
  for (const { pid, command } of processes) {
    console.error(`left running: ${pid} ${command}`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself after all.
    }
  }
  for (const file of files) console.error(`left behind: ${printTree(file).join('\n  ')}`);
  fs.rmSync(run.temp, { recursive: true, force: true, maxRetries: 3 });
  return { processes: processes.length, files: files.length };
}

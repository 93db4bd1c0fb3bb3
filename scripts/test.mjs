// `npm test`: everything that must hold, from an empty clone on. The last line is `N passed, N failed`; the exit code says the same.
// Arguments are file filters for vitest (types, lint and build still run).
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled, root } from './install.mjs';
import { findLeftovers } from './leftovers.mjs';

const MINUTE = 60_000;
const filters = process.argv.slice(2);
const runId = randomBytes(4).toString('hex');
// Short: Unix sockets are made below it, and their paths may have 107 bytes.
const temp = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hft-')));
const environment = { ...process.env, HOLDFAST_TEST_RUN: runId, TMPDIR: temp };
for (const name of ['HOLDFAST_HOME', 'NODE_EXTRA_CA_CERTS', 'NODE_ENV', 'PORT']) delete environment[name];

let passed = 0;
let failed = 0;

const problem = ensureInstalled();
if (problem !== null) {
  console.error(problem);
  failed += 1;
} else {
  await check('types', 'node_modules/.bin/tsc', ['-p', 'tsconfig.json'], 3 * MINUTE);
  await check('types of the pure core', 'node_modules/.bin/tsc', ['-p', 'tsconfig.policy.json'], 3 * MINUTE);
  await check('lint', 'node_modules/.bin/oxlint', [], 3 * MINUTE);
  await check('format', 'node_modules/.bin/oxfmt', ['--check', '.'], 3 * MINUTE);
  if (await check('build', process.execPath, ['scripts/build.mjs'], 3 * MINUTE)) {
    await tests('unit', 6 * MINUTE);
    await tests('e2e', 15 * MINUTE);
  }
  await nothingLeft();
}
fs.rmSync(temp, { recursive: true, force: true });
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);

/** A step that passes or fails as a whole: one in the sum. */
async function check(name, file, args, limitMs) {
  const { code, late } = await run(file, args, limitMs);
  record(name, code === 0, late ? `stopped after ${limitMs / MINUTE} minutes` : `code ${code}`);
  return code === 0;
}

/** Runs one project of vitest and adds its tests to the sum. A file that cannot be loaded or an error outside any test is a failure of its own. */
async function tests(project, limitMs) {
  const report = path.join(temp, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code, late } = await run(
    'node_modules/.bin/vitest',
    ['run', '--project', project, ...reporters, '--passWithNoTests', ...filters],
    limitMs,
  );
  const result = readReport(report);
  fs.rmSync(report, { force: true });
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const skipped = result.numPendingTests + result.numTodoTests;
  passed += result.numPassedTests;
  failed += result.numFailedTests + broken.length;
  if (skipped > 0) console.log(`skipped: ${skipped} of project ${project}`);
  if (late) record(`project ${project}`, false, `stopped after ${limitMs / MINUTE} minutes`);
  else if (code !== 0 && result.numFailedTests + broken.length === 0)
    record(`project ${project}`, false, `code ${code} without a failed test`);
}

function readReport(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }; // vitest ended before it wrote it: its exit code tells
  }
}

/** The last test: no process and no file of any test is left. */
async function nothingLeft() {
  const { processes, files } = await findLeftovers(runId, temp);
  for (const { pid, command } of processes) {
    console.error(`left running: ${pid} ${command}`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself after all.
    }
  }
  for (const file of files) console.error(`left behind: ${file}`);
  record('no test left a process behind', processes.length === 0, `${processes.length} processes`);
  record('no test left a file behind', files.length === 0, `${files.length} files`);
}

function record(name, ok, why) {
  if (ok) passed += 1;
  else failed += 1;
  console.log(ok ? `ok: ${name}` : `FAILED: ${name} (${why})`);
}

/** Runs a program with its output on ours; after `limitMs` it and its children are killed. */
function run(file, args, limitMs) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    let late = false;
    const endGroup = () => process.kill(-child.pid, 'SIGKILL');
    const timer = setTimeout(() => {
      late = true;
      endGroup();
    }, limitMs);
    // The group is not in the terminal's foreground: hand Ctrl-C on.
    const interrupt = () => {
      endGroup();
      process.exit(130);
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    const end = (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve({ code, late });
    };
    child.once('error', (error) => {
      console.error(error.message);
      end(null);
    });
    child.once('exit', (code) => end(code));
  });
}

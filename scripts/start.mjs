// `npm start`: installs, builds, starts the example with the real CLI in the usual home, leaves it running and says what to try next.
// Running it again changes nothing.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled, root } from './install.mjs';

const cli = path.join(root, 'dist/cli.cjs');
const folder = path.join(root, 'examples/track-backend');
const [example] = createRequire(import.meta.url)(path.join(folder, 'ecosystem.config.js')).apps;
const port = example.env.PORT;

process.exitCode = await main();

async function main() {
  const problem = ensureInstalled() ?? build();
  if (problem !== null) return fail(problem);
  if (isRunning()) {
    console.log(`${example.name} runs already; nothing was changed.\n`);
    const listed = holdfast(['ls']);
    if (listed === 0) printNextSteps();
    return listed;
  }
  const holder = await holderOf(port);
  if (holder !== null)
    return fail(`Cannot start ${example.name}: port ${port} is in use by ${holder}. End that first, then run npm start again.`);
  const started = holdfast(['start', 'ecosystem.config.js'], folder);
  if (started === 0) printNextSteps();
  return started;
}

function build() {
  const result = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return result.status === 0 ? null : 'The build failed; what it said is above.';
}

/** True when the daemon is there and knows the example with instances that are meant to run. Asking must not start a daemon. */
function isRunning() {
  const home = process.env.HOLDFAST_HOME ?? path.join(os.homedir(), '.holdfast');
  if (!fs.existsSync(path.join(home, 'daemon.sock'))) return false;
  const listed = spawnSync(process.execPath, [cli, 'ls', '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  if (listed.status !== 0) return false; // it has said why; what follows will meet the same
  const instances = JSON.parse(listed.stdout)
    .apps.filter(({ name }) => name === example.name)
    .flatMap((app) => app.instances);
  return instances.length > 0 && instances.every(({ status }) => status !== 'stopped' && status !== 'errored');
}

/** Who listens on the port, in words; null when it is free. */
async function holderOf(number) {
  const busy = await new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(true));
    server.listen(number, () => server.close(() => resolve(false)));
  });
  if (!busy) return null;
  const { holderOfPort } = await importSource('src/platform/port-holder.ts');
  return holderOfPort(number) ?? 'a process that cannot be seen from here (of another user, or in another container)';
}

/** Loads one TypeScript module of the product without writing a file. */
async function importSource(file) {
  const { build: bundle } = await import('esbuild');
  const { outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

function holdfast(args, cwd = root) {
  const { status } = spawnSync(process.execPath, [cli, ...args], { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  return status ?? 1;
}

function fail(text) {
  console.error(text);
  return 1;
}

function printNextSteps() {
  const steps = [
    [`curl http://localhost:${port}/`, 'an answer; the pid changes from one to the next'],
    [`curl http://localhost:${port}/api/projects/55`, 'crashes an instance; the other one goes on answering'],
    ['node dist/cli.cjs ls', 'the table: see the restart'],
    ['node dist/cli.cjs logs', 'what it writes and what happens to it (Ctrl-C leaves)'],
    [`node dist/cli.cjs describe ${example.name}`, 'everything about it, with its last exits'],
    [`node dist/cli.cjs stop ${example.name}`, `stops it; start ${example.name} brings it back`],
    ['node dist/cli.cjs kill', 'stops all apps and the manager'],
    ['npm install -g .', 'lets you type holdfast instead of node dist/cli.cjs'],
  ];
  const width = Math.max(...steps.map(([command]) => command.length));
  console.log(`\nIt runs on, with ${example.instances} instances behind one port. Try, from this folder:\n`);
  for (const [command, meaning] of steps) console.log(`  ${command.padEnd(width)}  ${meaning}`);
}

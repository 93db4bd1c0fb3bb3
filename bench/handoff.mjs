// A connection per request, 8 loops, two instances: our balancer against node:cluster (round robin), in turns within one run.
// `node bench/handoff.mjs [--rounds 10] [--seconds 1] [--node PATH]`. Exit code 1 when the median of the ratios is below 1.
import { execFile, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { cpuMs, median } from './measure.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, seconds: { type: 'string', default: '1' }, node: { type: 'string' } },
});
// Costs every start of Node 20 more than 50 ms where it is set.
delete process.env.NODE_EXTRA_CA_CERTS;

const INSTANCES = 2;
const LOOPS = 8;
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '..');
const app = path.join(here, 'app.cjs');
const execPath = values.node ?? process.execPath;
const execute = promisify(execFile);

function bundle(folder, source, name) {
  const outfile = path.join(folder, name);
  buildSync({
    entryPoints: [path.join(root, source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}

/** Starts a program; resolves when `ready` says so, to itself with the pids of all its processes. */
async function start(file, args, { port, ready }) {
  const child = fork(file, args, {
    execPath,
    execArgv: [],
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  await Promise.race([
    ready(child),
    new Promise((_, reject) => child.once('exit', (code) => reject(new Error(`${file} ended with code ${code}.`)))),
  ]);
  const pids = [child.pid, ...fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number)];
  return { child, port, pids, rates: [], cpu: [] };
}

/** A mini host tells every event. */
function allListen(child) {
  let left = INSTANCES;
  return new Promise((resolve) => child.on('message', ({ kind }) => kind === 'listening' && --left === 0 && resolve()));
}

/** bench/app.cjs as a primary prints one line when all its workers listen. */
const firstLine = (child) => new Promise((resolve) => child.stdout.once('data', resolve));

/** One round of load from a process of its own. */
async function measure(side) {
  const before = side.pids.map(cpuMs);
  const { stdout } = await execute(
    process.execPath,
    [path.join(here, 'client.mjs'), side.port, LOOPS, values.seconds, 'close'].map(String),
  );
  const { perSecond, failed } = JSON.parse(stdout);
  if (failed > 0) throw new Error(`${failed} requests failed on port ${side.port}.`);
  const used = side.pids.map((pid, place) => ((cpuMs(pid) - before[place]) * 1000) / (perSecond * Number(values.seconds)));
  side.rates.push(perSecond);
  side.cpu.push([used[0], used.slice(1).reduce((sum, one) => sum + one, 0)]);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hfb-'));
const sides = [];
try {
  const preload = bundle(folder, 'src/preload/cluster.ts', 'preload.cjs');
  const host = bundle(folder, 'test/e2e/kit/mini-host-main.ts', 'host.cjs');
  const options = JSON.stringify({ script: app, instances: INSTANCES, preload, node: execPath });
  const port = 18_000 + (process.pid % 1000) * 2;
  sides.push(await start(host, [options], { port, ready: allListen }));
  sides.push(await start(app, ['cluster', String(INSTANCES)], { port: port + 1, ready: firstLine }));
  for (const side of sides) await measure(side); // warm
  for (const side of sides) [side.rates, side.cpu] = [[], []];
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const side of round % 2 ? sides.toReversed() : sides) await measure(side);
  const [ours, theirs] = sides;
  const ratio = median(ours.rates.map((rate, round) => rate / theirs.rates[round]));
  for (const [name, { rates, cpu }] of Object.entries({ holdfast: ours, 'node:cluster': theirs })) {
    const [owner, instances] = [0, 1].map((place) => median(cpu.map((pair) => pair[place])).toFixed(1));
    console.log(
      `${name.padEnd(13)} ${Math.round(median(rates))} requests/s (best ${Math.round(Math.max(...rates))}); CPU a request: ${owner} us balancing, ${instances} us in instances`,
    );
  }
  const paired = ours.rates.map((rate, round) => (rate / theirs.rates[round]).toFixed(2)).join(' ');
  console.log(
    `ratio ${ratio.toFixed(2)} (median of the rounds: ${paired}), Node ${path.basename(execPath)}, load ${os.loadavg()[0].toFixed(1)}`,
  );
  process.exitCode = ratio >= 1 ? 0 : 1;
} finally {
  // The mini host ends its instances when it loses us; a primary's workers end with it.
  for (const { child } of sides.slice(0, 1)) child.disconnect();
  for (const { child } of sides.slice(1)) child.kill();
  fs.rmSync(folder, { recursive: true, force: true });
}

// A connection per request, 8 loops, two instances: our balancer against node:cluster (round robin), in turns within one run.
// `node bench/handoff.mjs [--starts 6] [--rounds 4] [--seconds 0.7] [--node PATH]`. Exit code 1 when the median of the ratios is below 1.
//
// Both sides are started afresh several times, because a process keeps the luck of its start (layout, code) by 10 % and more for life. Each side's manager
// leads a session of its own, as a host, and the daemon of any process manager, does: Linux schedules by session where autogroups are on (sched(7)), and
// who shared one with the load generator would have an advantage of up to 30 % on a busy machine.
import { execFile, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { cpuMs, median } from './measure.mjs';

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '0.7' },
    node: { type: 'string' },
  },
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
    detached: true,
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

/** Starts both sides, lets them take turns, and ends them. */
async function compare({ host, preload, start: nth }) {
  const options = JSON.stringify({ script: app, instances: INSTANCES, preload, node: execPath });
  const port = 18_000 + (process.pid % 1000) * 2;
  const sides = [];
  try {
    sides.push(await start(host, [options], { port, ready: allListen }));
    sides.push(await start(app, ['cluster', String(INSTANCES)], { port: port + 1, ready: firstLine }));
    for (const side of sides) await measure(side); // warm
    for (const side of sides) [side.rates, side.cpu] = [[], []];
    for (let round = 0; round < Number(values.rounds); round += 1)
      for (const side of (round + nth) % 2 ? sides.toReversed() : sides) await measure(side);
    return sides;
  } finally {
    // The mini host ends its instances when it loses us; a primary's workers end with it.
    const ended = sides.map(({ child }) => new Promise((resolve) => child.once('exit', resolve)));
    sides[0]?.child.disconnect();
    sides[1]?.child.kill();
    await Promise.all(ended);
  }
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hfb-'));
try {
  const preload = bundle(folder, 'src/preload/cluster.ts', 'preload.cjs');
  const host = bundle(folder, 'test/e2e/kit/mini-host-main.ts', 'host.cjs');
  const starts = [];
  for (let nth = 0; nth < Number(values.starts); nth += 1) starts.push(await compare({ host, preload, start: nth }));
  const ratios = starts.map(([ours, theirs]) => median(ours.rates.map((rate, round) => rate / theirs.rates[round])));
  for (const [place, name] of ['holdfast', 'node:cluster'].entries()) {
    const rates = starts.flatMap((sides) => sides[place].rates);
    const [owner, instances] = [0, 1].map((part) =>
      median(starts.flatMap((sides) => sides[place].cpu.map((pair) => pair[part]))).toFixed(1),
    );
    console.log(
      `${name.padEnd(13)} ${Math.round(median(rates))} requests/s; CPU a request: ${owner} us balancing, ${instances} us in instances`,
    );
  }
  const ratio = median(ratios);
  console.log(
    `ratio ${ratio.toFixed(2)} (median of the starts: ${ratios.map((one) => one.toFixed(2)).join(' ')}), load ${os.loadavg()[0].toFixed(1)}`,
  );
  process.exitCode = ratio >= 1 ? 0 : 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

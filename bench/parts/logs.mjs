// A flood of log lines: how fast it gets to the disk, what that costs the manager's processes, and whether their memory stays.
// With PM2=/path/to/pm2 in the environment in alternating rounds with it; without, there is nothing to compare with.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cpuMs, median, privateMemory, until } from '../measure.mjs';
import { withSite } from '../site.mjs';

const script = new URL('../flood.cjs', import.meta.url).pathname;
const QUIET_MS = 500;
/** The host's memory is looked at after so much. */
const MARKS_MB = [100, 1000];
/** Compression is a process of its own afterwards, and PM2 has none. */
const APP = { name: 'flood', script, exec_mode: 'fork', log_compress: false };

export async function measureLogs({ quick }) {
  const results = [];
  for (const time of [false, true]) {
    const ours = [];
    const theirs = [];
    for (let round = 0; round < (quick ? 2 : 5); round += 1) {
      ours.push(await withSite((site) => floodOurs(site, time)));
      if (process.env.PM2) theirs.push(await floodTheirs(process.env.PM2, time));
    }
    results.push(...compare(time ? 'with times' : 'as they come', ours, theirs, time ? 1 : 2));
  }
  return [...results, await measureGrowth()];
}

function compare(name, ours, theirs, atLeast) {
  const rate = (rounds) => median(rounds.map(({ ms }) => 200_000 / ms));
  const cpu = (rounds) => median(rounds.map((round) => round.cpu));
  const what = `200 MB of lines, ${name}`;
  const alone = { beside: 'set PM2=/path/to/pm2 to compare', budget: '', ok: true };
  const rates = rate(ours) / rate(theirs);
  const cpus = cpu(ours) / cpu(theirs);
  return [
    {
      what: `${what}: rate`,
      figure: `${rate(ours).toFixed(0)} MB/s`,
      ...(theirs.length === 0
        ? alone
        : { beside: `PM2: ${rate(theirs).toFixed(0)} = ${rates.toFixed(2)} x`, budget: `>= ${atLeast} x`, ok: rates >= atLeast }),
    },
    {
      what: `${what}: manager CPU`,
      figure: `${cpu(ours).toFixed(0)} ms`,
      ...(theirs.length === 0
        ? alone
        : { beside: `PM2: ${cpu(theirs).toFixed(0)} = ${cpus.toFixed(2)} x`, budget: `<= ${1 / atLeast} x`, ok: cpus <= 1 / atLeast }),
    },
  ];
}

async function floodOurs(site, time) {
  await site.start({ ...APP, time, env: { MB: '200' } });
  const [{ pid }] = await site.instances();
  return flood({ pid, managers: await site.managers(), logs: path.join(site.home, 'logs'), bytes: 200_000_000 });
}

/** The manager's processes are read afterwards: a new one may have come. */
async function flood({ pid, managers, logs, bytes }) {
  await until('the app', () => textOf(logs, 'error').includes('waiting'));
  const before = managers.reduce((sum, manager) => sum + cpuMs(manager), 0);
  process.kill(pid, 'SIGUSR2');
  let last = 0;
  let endedAt = 0;
  // PM2 dates the chunks it gets, so that nobody can say beforehand how many bytes that makes.
  await until('every byte', () => {
    const size = sizeOf(logs);
    if (size > last) endedAt = Date.now();
    last = size;
    return size >= bytes && Date.now() - endedAt > QUIET_MS;
  });
  const began = Number(/began (\d+)/.exec(textOf(logs, 'error'))[1]);
  return { ms: endedAt - began, cpu: managers.reduce((sum, manager) => sum + cpuMs(manager), 0) - before };
}

const outFiles = (logs) => fs.readdirSync(logs).filter((name) => name.startsWith('flood-out'));
const sizeOf = (logs) =>
  outFiles(logs).reduce((sum, name) => sum + (fs.statSync(path.join(logs, name), { throwIfNoEntry: false })?.size ?? 0), 0);
const textOf = (logs, stream) =>
  fs
    .readdirSync(logs)
    .filter((name) => name.startsWith(`flood-${stream}`))
    .map((name) => fs.readFileSync(path.join(logs, name), 'utf8'))
    .join('');

async function floodTheirs(pm2, time) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hfb-pm2-'));
  const env = { ...process.env, PM2_HOME: home, MB: '200' };
  const run = (...args) => execFileSync(pm2, args, { env, cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    run('start', script, '--name', 'flood', ...(time ? ['--time'] : []));
    const [{ pid }] = JSON.parse(run('jlist'));
    const daemon = Number(fs.readFileSync(path.join(home, 'pm2.pid'), 'utf8'));
    return await flood({ pid, managers: [daemon], logs: path.join(home, 'logs'), bytes: 200_000_000 });
  } finally {
    run('kill');
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The host's memory after 1 GB of lines against that after 100 MB. */
function measureGrowth() {
  return withSite(async (site) => {
    await site.start({ ...APP, log_max_files: 1, env: { MB: String(MARKS_MB[1]) } });
    const [{ pid }] = await site.instances();
    const [, host] = await site.managers();
    const logs = path.join(site.home, 'logs');
    await until('the app', () => textOf(logs, 'error').includes('waiting'));
    const written = () => Number(/^wchar: (\d+)/m.exec(fs.readFileSync(`/proc/${host}/io`, 'utf8'))[1]);
    const start = written();
    process.kill(pid, 'SIGUSR2');
    const memory = [];
    for (const mark of MARKS_MB) {
      await until(`${mark} MB`, () => written() - start >= mark * 1e6);
      memory.push(privateMemory(host).dirty);
    }
    const growth = memory[1] - memory[0];
    return {
      what: `host memory after ${MARKS_MB[1]} MB of lines`,
      figure: `${memory[1].toFixed(1)} MB`,
      beside: `after ${MARKS_MB[0]} MB: ${memory[0].toFixed(1)} MB = ${growth.toFixed(1)} MB more`,
      budget: '<= 5 MB',
      ok: growth <= 5,
    };
  });
}

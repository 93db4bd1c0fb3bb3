// Fifty idle fork-mode processes: how long until the last one runs, against fifty bare nodes two at a time; what the manager costs then.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { measureIdle } from '../idle.mjs';
import { until } from '../measure.mjs';
import { withSite } from '../site.mjs';

const COUNT = 50;
const script = new URL('../stamps.cjs', import.meta.url).pathname;

export function measureFifty({ quick }) {
  return withSite(async (site) => {
    const bareMs = await startBare(site.env);
    await site.holdfast('ls'); // the daemon is warm, as it is when one deploys
    const startedAt = Date.now();
    await site.start({ name: 'fifty', script, instances: COUNT, exec_mode: 'fork' });
    const returnedMs = Date.now() - startedAt;
    const lastMs = (await until('fifty first lines', () => lastStamp(site))) - startedAt;
    const pids = await site.managers();
    const ratio = lastMs / bareMs;
    return [
      {
        what: 'starting 50 fork apps until the last one runs',
        figure: `${lastMs} ms`,
        beside: `50 bare nodes, two at a time: ${bareMs} ms = ${ratio.toFixed(2)} x; the command returned after ${returnedMs} ms`,
        budget: '<= 1.3 x',
        ok: ratio <= 1.3,
      },
      ...(await measureIdle({ what: 'manager beside 50 fork apps', pids, quick, limitMb: 25 })),
    ];
  });
}

/** When the last of the fifty said that it runs; null while one has not. */
function lastStamp(site) {
  const logs = path.join(site.home, 'logs');
  const stamps = fs
    .readdirSync(logs)
    .flatMap((name) => [...fs.readFileSync(path.join(logs, name), 'utf8').matchAll(/^up (\d+)$/gm)].map(([, at]) => Number(at)));
  return stamps.length < COUNT ? null : Math.max(...stamps);
}

/** Milliseconds until fifty nodes have run their first line, with two on their way at any time. */
async function startBare(env) {
  const children = [];
  const startedAt = Date.now();
  let begun = 0;
  const lane = async () => {
    while (begun++ < COUNT) {
      const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      await new Promise((resolve) => child.stdout.once('data', resolve));
    }
  };
  await Promise.all([lane(), lane()]);
  const tookMs = Date.now() - startedAt;
  await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGKILL'))));
  return tookMs;
}

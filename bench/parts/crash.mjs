// An instance is killed: how long until its exit is known, and until its successor's first line has run. The kernel takes a process apart before it tells anybody.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { median, timeOf, until } from '../measure.mjs';
import { withSite } from '../site.mjs';

const script = new URL('../stamps.cjs', import.meta.url).pathname;

export function measureCrash({ quick }) {
  return withSite(async (site) => {
    await site.start({
      name: 'victim',
      script,
      exec_mode: 'fork',
      max_restarts: 1000,
      restart_window: 1,
    });
    const known = [];
    const back = [];
    const bare = [];
    const bareEnd = [];
    for (let round = 0; round < (quick ? 7 : 21); round += 1) {
      bare.push(await timeOf(process.execPath, ['-e', '0'], site.env));
      bareEnd.push(await endOfBare(site.env));
      const { pid } = await until('the victim to run', async () => (await site.instances()).find((one) => one.status === 'online'));
      const count = stamps(site).length;
      const killedAt = Date.now();
      process.kill(pid, 'SIGKILL');
      back.push((await until('its successor', () => stamps(site)[count])) - killedAt);
      known.push((await until('the exit in the log', () => exitOf(site, pid))) - killedAt);
    }
    const ratio = median(back) / median(bare);
    return [
      {
        what: 'instance killed -> exit known',
        figure: `${median(known)} ms`,
        beside: `slowest ${Math.max(...known)} ms; a bare node knows of its child's after ${median(bareEnd).toFixed(1)} ms`,
        budget: '<= 5 ms',
        ok: median(known) <= 5,
      },
      {
        what: "instance killed -> successor's first line",
        figure: `${median(back)} ms`,
        beside: `node -e 0: ${median(bare).toFixed(1)} ms = ${ratio.toFixed(2)} x`,
        budget: '<= 1.2 x',
        ok: ratio <= 1.2,
      },
    ];
  });
}

/** Milliseconds from the kill to the exit that `child_process` tells, for the same program. */
async function endOfBare(env) {
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const killedAt = performance.now();
  child.kill('SIGKILL');
  await once(child, 'exit');
  return performance.now() - killedAt;
}

function stamps(site) {
  const logs = path.join(site.home, 'logs');
  return fs
    .readdirSync(logs)
    .flatMap((name) => [...fs.readFileSync(path.join(logs, name), 'utf8').matchAll(/^up (\d+)$/gm)].map(([, at]) => Number(at)));
}

/** The moment that the manager's log gives to this child's exit. */
function exitOf(site, pid) {
  const line = site
    .read('daemon.log')
    .split('\n')
    .find((text) => text.includes('exited') && text.includes(`pid ${pid}`));
  return line ? Date.parse(line.split(' ')[0]) : null;
}

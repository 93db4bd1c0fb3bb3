// Requests per second through two instances: Holdfast against node:cluster with the same server, in alternating rounds.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { median } from '../measure.mjs';
import { withSite } from '../site.mjs';

const script = new URL('../app.cjs', import.meta.url).pathname;
const client = new URL('../client.mjs', import.meta.url).pathname;

export function measureThroughput({ quick, port }) {
  return withSite(async (site) => {
    await site.start({ name: 'two', script, instances: 2, exec_mode: 'cluster', env: { PORT: port } });
    const rival = await startRival(port + 1);
    try {
      return [
        await compare('keep', 'keep-alive', 0.95, { quick, port }),
        await compare('close', 'a connection for each', 1, { quick, port }),
      ];
    } finally {
      rival.kill('SIGKILL');
    }
  });
}

async function compare(mode, name, atLeast, { quick, port }) {
  const ours = [];
  const theirs = [];
  for (let round = 0; round < (quick ? 3 : 7); round += 1) {
    ours.push(await load(port, mode, quick));
    theirs.push(await load(port + 1, mode, quick));
  }
  const ratio = median(ours) / median(theirs);
  return {
    what: `requests/s, ${name}`,
    figure: median(ours).toFixed(0),
    beside: `node:cluster: ${median(theirs).toFixed(0)} = ${ratio.toFixed(2)} x`,
    budget: `>= ${atLeast} x`,
    ok: ratio >= atLeast,
  };
}

async function load(port, mode, quick) {
  const { stdout } = await promisify(execFile)(process.execPath, [client, String(port), '8', quick ? '2' : '5', mode]);
  const { perSecond, failed } = JSON.parse(stdout);
  if (failed > 0) throw new Error(`${failed} requests to port ${port} failed.`);
  return perSecond;
}

function startRival(port) {
  const child = spawn(process.execPath, [script, 'cluster', '2'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`The node:cluster server ended with code ${code}.`)));
  });
}

// A connection for each request through two instances: `balance: "kernel"` against round robin, in alternating rounds.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median } from '../measure.mjs';
import { withSite } from '../site.mjs';

const script = new URL('../app.cjs', import.meta.url).pathname;
const client = new URL('../client.mjs', import.meta.url).pathname;

export function measureKernel({ quick, port }) {
  return withSite(async (site) => {
    const common = { script, instances: 2, exec_mode: 'cluster' };
    await site.start(
      { ...common, name: 'kernel', balance: 'kernel', env: { PORT: port } },
      { ...common, name: 'in-turn', balance: 'round-robin', env: { PORT: port + 1 } },
    );
    const kernel = [];
    const inTurn = [];
    for (let round = 0; round < (quick ? 3 : 7); round += 1) {
      kernel.push(await load(port, quick));
      inTurn.push(await load(port + 1, quick));
    }
    const ratio = median(kernel) / median(inTurn);
    return [
      {
        what: 'requests/s, a connection for each, balance: kernel',
        figure: median(kernel).toFixed(0),
        beside: `round-robin: ${median(inTurn).toFixed(0)} = ${ratio.toFixed(2)} x`,
        budget: '>= 1.2 x',
        ok: ratio >= 1.2,
      },
    ];
  });
}

async function load(port, quick) {
  const { stdout } = await promisify(execFile)(process.execPath, [client, String(port), '8', quick ? '2' : '5', 'close']);
  const { perSecond, failed } = JSON.parse(stdout);
  if (failed > 0) throw new Error(`${failed} requests to port ${port} failed.`);
  return perSecond;
}

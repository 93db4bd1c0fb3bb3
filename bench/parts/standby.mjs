// The only instance in rotation dies, and another one stands by: how long until a client that connects in that moment is answered.
import net from 'node:net';
import { median, pause, until } from '../measure.mjs';
import { withSite } from '../site.mjs';

const script = new URL('../app.cjs', import.meta.url).pathname;
const BUDGET_MS = 20;
/** The one that stands by is new: what it does on its own account is over by then, and its client finds it as it will be for days. */
const SETTLE_MS = 500;

const WAYS = [
  { what: 'instance killed -> answer, with standby: 1', signal: 'SIGKILL' },
  { what: 'instance ended by an error -> answer, with standby: 1', signal: 'SIGUSR2' },
];

export function measureStandby({ quick, port }) {
  return withSite(async (site) => {
    await site.start({ name: 'one', script, standby: 1, max_restarts: 1000, restart_window: 1, env: { PORT: port } });
    const results = [];
    for (const { what, signal } of WAYS) {
      const took = [];
      for (let round = 0; round < (quick ? 7 : 21); round += 1) took.push(await dieOnce({ site, port, signal }));
      results.push({
        what,
        figure: `${median(took).toFixed(1)} ms`,
        beside: `slowest ${Math.max(...took).toFixed(1)} ms`,
        budget: `< ${BUDGET_MS} ms`,
        ok: median(took) < BUDGET_MS,
      });
    }
    return results;
  });
}

async function dieOnce({ site, port, signal }) {
  const { pid } = await until('one to serve and one to stand by', async () => {
    const instances = await site.instances();
    const serving = instances.find((one) => one.status === 'online' && isAlive(one.pid));
    return instances.some(({ status }) => status === 'standby') && serving;
  });
  await pause(SETTLE_MS);
  // The client's own first time is none of ours.
  await answer(port);
  const diedAt = performance.now();
  process.kill(pid, signal);
  await answer(port);
  return performance.now() - diedAt;
}

/** On a busy machine the list is a moment behind. */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // it ended since the list was made
  }
}

/** Of the first connection that gets one. One that the dead instance had taken is reset. */
function answer(port) {
  return new Promise((resolve) => {
    const again = () => resolve(answer(port));
    const client = net.connect(port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'));
    client.on('error', again).on('end', again);
    client.once('data', () => {
      client
        .removeAllListeners()
        .on('error', () => {})
        .destroy();
      resolve();
    });
  });
}

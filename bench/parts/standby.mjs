// The only instance in rotation is killed, and another one stands by: how long until a request that comes then is answered.
import http from 'node:http';
import { median, until } from '../measure.mjs';
import { withSite } from '../site.mjs';

const script = new URL('../app.cjs', import.meta.url).pathname;
const BUDGET_MS = 20;

export function measureStandby({ quick, port }) {
  return withSite(async (site) => {
    await site.start({ name: 'one', script, standby: 1, max_restarts: 1000, restart_window: 1, env: { PORT: port } });
    const took = [];
    for (let round = 0; round < (quick ? 7 : 21); round += 1) {
      const { pid } = await until('one to serve and one to stand by', async () => {
        const instances = await site.instances();
        return instances.some(({ status }) => status === 'standby') && instances.find(({ status }) => status === 'online');
      });
      const killedAt = performance.now();
      process.kill(pid, 'SIGKILL');
      await answer(port);
      took.push(performance.now() - killedAt);
    }
    return [
      {
        what: 'instance killed -> answer, with standby: 1',
        figure: `${median(took).toFixed(1)} ms`,
        beside: `slowest ${Math.max(...took).toFixed(1)} ms`,
        budget: `< ${BUDGET_MS} ms`,
        ok: median(took) < BUDGET_MS,
      },
    ];
  });
}

/** Of the first request that gets one. One that the killed instance had taken is reset. */
function answer(port) {
  return new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port, agent: false }, (response) => response.resume().on('end', resolve))
      .on('error', () => resolve(answer(port)));
  });
}

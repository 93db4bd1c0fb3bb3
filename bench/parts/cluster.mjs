// What the manager costs while it minds the two-instance cluster app: private memory and idle CPU of the daemon and the host.
import { cpuOver, pause, privateMemory } from '../measure.mjs';
import { withSite } from '../site.mjs';

export function measureCluster({ quick, port }) {
  return withSite(async (site) => {
    await site.start({
      name: 'two',
      script: new URL('../app.cjs', import.meta.url).pathname,
      instances: 2,
      exec_mode: 'cluster',
      env: { PORT: port },
    });
    const pids = await site.managers();
    await pause(2000); // what starting has cost is not idling
    const cpu = await cpuOver(pids, quick ? 10 : 60);
    const memory = pids.map(privateMemory);
    const dirty = memory.reduce((sum, one) => sum + one.dirty, 0);
    const all = memory.reduce((sum, one) => sum + one.all, 0);
    const limit = process.versions.node.startsWith('20.') ? 16 : 25;
    return [
      {
        what: 'manager beside a two-instance cluster app, Private_Dirty',
        figure: `${dirty.toFixed(1)} MB`,
        beside: `${pids.length} processes; with Private_Clean ${all.toFixed(1)} MB`,
        budget: `<= ${limit} MB`,
        ok: dirty <= limit,
      },
      {
        what: `the same, CPU while idle for ${quick ? 10 : 60} s`,
        figure: `${cpu.toFixed(2)} %`,
        beside: 'of one core',
        budget: '<= 0.5 %',
        ok: cpu <= 0.5,
      },
    ];
  });
}

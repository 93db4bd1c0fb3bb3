// What the manager costs while it minds the two-instance cluster app: private memory and idle CPU of the daemon and the host.
import { measureIdle } from '../idle.mjs';
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
    const limitMb = process.versions.node.startsWith('20.') ? 16 : 25;
    return measureIdle({ what: 'manager beside a two-instance cluster app', pids, quick, limitMb });
  });
}

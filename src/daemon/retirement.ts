// When a host is not needed any more. It ends no app: it only lets go of hosts that have none.
import type { DaemonContext } from './context.ts';

/** Ends every host that runs no app, is to run none, and has none on its way out. To be called when something may have left a host. */
export function retireIdleHosts({ hosts, store, departing }: Pick<DaemonContext, 'hosts' | 'store' | 'departing'>): void {
  const needed = new Set([...store.apps(), ...departing.values()].map((app) => app.spec.host));
  for (const link of hosts.all()) if (link.runs.size === 0 && !needed.has(link.name)) hosts.retire(link.name);
}

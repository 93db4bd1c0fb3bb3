// Ends everything: apps, hosts, and then the daemon itself. What was saved and the logs stay; the list is empty afterwards.
import type { Ms } from '../../model/units.ts';
import { isSameProcess } from '../../platform/proc-stat.ts';
import type { DaemonContext } from '../context.ts';
import type { HostLink } from '../host-link.ts';
import { hostNames, removeHostFiles } from '../host-record.ts';
import { waitForEnd } from '../orphans.ts';
import type { StoredApp } from '../store.ts';
import { supervise } from '../supervise.ts';
import { allSlots, saveState } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { hasOrphans } from './wishes.ts';

/** What a host may take beyond the time its apps are given. */
const HOST_GRACE_MS: Ms = 10_000;

/** Nothing that others wait for matters any more. */
export function planKill(context: DaemonContext): Plan {
  const apps = context.store.apps();
  return {
    apps: apps.map((app) => app.spec.name),
    hurries: apps.map((app) => ({ app: app.spec.name, slots: allSlots(app) })),
    run: (task) => kill({ context, task }),
  };
}

async function kill(running: Running): Promise<void> {
  const { context, task } = running;
  const apps = context.store.apps();
  for (const app of apps) context.store.setGoals(app.spec.name, allSlots(app), 'down');
  await saveState(context, task);
  // What runs without a host is ended by a new one, which then goes with the others.
  await Promise.all(
    apps
      .filter((app) => hasOrphans(context, app))
      .map((app) => attempt(running, () => supervise(context, context.store.get(app.spec.name)!))),
  );
  await Promise.all(hostNames(context.home).map((name) => attempt(running, () => context.hosts.find(name))));
  const links = context.hosts.all();
  await Promise.all(links.map((link) => attempt(running, () => shutDown(running, link))));
  for (const app of apps) settle(running, app);
  removeDeadHosts(context);
  await saveState(context, task);
}

async function attempt({ task }: Running, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    task.fail((error as Error).message);
  }
}

async function shutDown({ context, task }: Running, link: HostLink): Promise<void> {
  const patienceMs = context.store
    .apps()
    .filter((app) => app.spec.host === link.name)
    .map((app) => app.spec.killTimeoutMs + app.spec.drainTimeoutMs + app.spec.drainIdleMs);
  // The connection may end before or instead of the answer: what counts is the end of the process.
  void link.request({ type: 'shutdown' }).catch(() => undefined);
  const ended = await waitForEnd([link.process], Math.max(0, ...patienceMs) + HOST_GRACE_MS, context.clock);
  if (!ended) task.fail(`Cannot end host ${link.name} (pid ${link.process.pid}): it still runs.`);
}

/** What hosts left behind that were killed: nobody will need it. */
function removeDeadHosts({ home, hosts, registry }: DaemonContext): void {
  if (registry.apps().length > 0) return;
  for (const name of hostNames(home)) if (hosts.get(name) === null) removeHostFiles(home, name);
}

function settle({ context, task }: Running, app: StoredApp): void {
  const { name } = app.spec;
  const living = new Set(
    context.registry.rows(name).flatMap((row) => (row.process !== null && isSameProcess(row.process) ? [row.slot] : [])),
  );
  for (const slot of app.slots)
    task.outcome(name, slot, living.has(slot.slot) ? { ok: false, text: 'still runs' } : { ok: true, text: 'stopped' });
  if (living.size > 0) return;
  context.store.remove(name);
  context.registry.forget(name);
}

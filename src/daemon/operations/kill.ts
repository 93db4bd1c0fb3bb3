// Ends everything: apps, hosts, and then the daemon itself. What was saved and the logs stay; the list is empty afterwards.
import { HoldfastError } from '../../model/errors.ts';
import type { Ms } from '../../model/units.ts';
import { isSameProcess } from '../../platform/proc-stat.ts';
import { signalTree } from '../../platform/process-tree.ts';
import type { DaemonContext } from '../context.ts';
import type { HostLink } from '../host-link.ts';
import { hostNames, livingOrphans, removeHostFiles } from '../host-record.ts';
import { USUAL_ENDING, endOrphans, joinOrphans, livingInRows, waitForEnd } from '../orphans.ts';
import { answersSoon } from '../silence.ts';
import type { StoredApp } from '../store.ts';
import { supervise } from '../supervise.ts';
import { allSlots, saveState } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { stopDependents } from './stop-order.ts';
import { hasOrphans } from './wishes.ts';

/** What a host may take beyond the time its apps are given. */
const HOST_GRACE_MS: Ms = 10_000;
/** How long a host may be busy with something else before it is taken for one that hangs. */
const HOST_PATIENCE_MS: Ms = 3000;

/** Nothing that others wait for matters any more. */
export function planKill(context: DaemonContext): Plan {
  const apps = context.store.apps();
  return {
    apps: apps.map((app) => app.spec.name),
    hurries: apps.map((app) => ({ app: app.spec.name, slots: allSlots(app) })),
    run: (task) => kill({ context, task }),
  };
}

async function kill({ context, task }: Running): Promise<void> {
  const apps = context.store.apps();
  const failed = new Set<string>();
  const attempt = async (host: string, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      failed.add(host);
      task.fail((error as Error).message);
    }
  };
  for (const app of apps) context.store.setGoals(app.spec.name, allSlots(app), 'down');
  await saveState(context, task);
  await Promise.all(hostNames(context.home).map((name) => endIfHanging({ context, task }, name)));
  // What runs without a host is ended by a new one, which then goes with the others.
  const alone = apps.filter((app) => hasOrphans(context, app));
  await Promise.all(alone.map(({ spec }) => attempt(spec.host, () => supervise(context, context.store.get(spec.name)!))));
  await stopDependents({ context, task }, apps);
  await Promise.all(context.hosts.all().map((link) => attempt(link.name, () => shutDown(context, link))));
  for (const app of apps) settle({ context, task }, app, failed.has(app.spec.host));
  // A host that could not be ended, or does not answer, still needs what names it.
  if (failed.size === 0) removeDeadHosts(context);
  await saveState(context, task);
}

/** Meets a host. One that lives and does not answer cannot end its apps: it is killed, and they are ended without it. */
async function endIfHanging({ context, task }: Running, name: string): Promise<void> {
  const link = await context.hosts.find(name).catch(() => null);
  if (link !== null && (await answersSoon(link, context.clock, HOST_PATIENCE_MS))) return;
  const left = context.record(name);
  const host = link?.process ?? left?.process;
  if (host === undefined || !isSameProcess(host)) return;
  signalTree(host.pid, 'SIGKILL', false);
  task.warn(`host ${name} (pid ${host.pid}) did not answer and was killed.`);
  const stored = context.store.apps().flatMap(({ spec }) => (spec.host === name ? [spec.name] : []));
  const apps = [...new Set([...stored, ...(left?.apps ?? []).map((app) => app.name)])].map((app) => ({
    processes: joinOrphans(livingInRows(context.registry.rows(app)), livingOrphans(left, app)).map((orphan) => orphan.process),
    ending: context.store.get(app)?.spec ?? USUAL_ENDING,
  }));
  await Promise.all(apps.map(({ processes, ending }) => endOrphans(processes, ending, context.clock)));
  await waitForEnd([host, ...apps.flatMap(({ processes }) => processes)], HOST_GRACE_MS, context.clock);
}

async function shutDown({ store, clock }: DaemonContext, link: HostLink): Promise<void> {
  const specs = store.apps().flatMap(({ spec }) => (spec.host === link.name ? [spec] : []));
  const patienceMs = Math.max(0, ...specs.map((spec) => spec.killTimeoutMs + spec.drainTimeoutMs + spec.drainIdleMs)) + HOST_GRACE_MS;
  // The connection may end before or instead of the answer: what counts is the end of the process.
  link.request({ type: 'shutdown' }).catch(() => undefined);
  if (await waitForEnd([link.process], patienceMs, clock)) return;
  throw new HoldfastError('OPERATION_FAILED', `Cannot end host ${link.name} (pid ${link.process.pid}): it still runs.`);
}

/** What hosts left behind that were killed: nobody will need it. */
function removeDeadHosts({ home, hosts, registry }: DaemonContext): void {
  if (registry.apps().length > 0) return;
  for (const name of hostNames(home)) {
    // The end of a connection is heard of a little later than the end of its process is seen.
    const link = hosts.get(name);
    if (link === null || !isSameProcess(link.process)) removeHostFiles(home, name);
  }
}

/** An app stays in the list unless it is known that nothing of it runs. */
function settle({ context, task }: Running, app: StoredApp, isUnknown: boolean): void {
  const { name } = app.spec;
  const rows = context.registry.rows(name);
  const living = new Set(rows.flatMap((row) => (row.process !== null && isSameProcess(row.process) ? [row.slot] : [])));
  for (const slot of app.slots) {
    const runs = isUnknown || living.has(slot.slot);
    task.outcome(name, slot, { ok: !runs, text: runs ? 'may still run' : 'stopped' });
  }
  if (isUnknown || living.size > 0) return;
  context.store.remove(name);
  context.registry.forget(name);
}

// Starts instances that are down. One that is up already is taken as it is; where none is, they are started from where their files are now.
import type { Release } from '../../model/release.ts';
import type { DaemonContext } from '../context.ts';
import { livingInRows } from '../orphans.ts';
import { currentRelease, nextRelease } from '../releases.ts';
import { missingPath, resolvePaths } from '../../platform/resolve-paths.ts';
import { supervise } from '../supervise.ts';
import { makeCurrent } from './make-current.ts';
import { saveState, selectSlots } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { startInOrder } from './start-order.ts';
import type { StoredApp } from '../store.ts';
import { hasOrphans, launched, wish } from './wishes.ts';

/** Checks the targets. */
export function planStart(context: DaemonContext, targets: readonly string[]): Plan {
  const chosen = selectSlots(context, 'start', targets);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: [],
    run: (task) => startInOrder({ context, task }, { chosen, act: start, outside: 'asked' }),
  };
}

/** Starts these slots. Resolves to true when the host has taken it. */
export async function start(running: Running, app: StoredApp, slots: readonly number[]): Promise<boolean> {
  const { context, task } = running;
  const { name } = app.spec;
  if (hasOrphans(context, app)) return reportUnsupervised(running, app, slots);
  if (app.waiting !== null || app.slots.every((slot) => slot.goal === 'down')) await makeCurrent(running, app, releaseToStart(app));
  context.store.setGoals(name, slots, 'up');
  await saveState(context, task);
  const { link, fresh, bringUp } = await supervise(context, context.store.get(name)!);
  const expectations = wish(app, slots, (slot) => (fresh ? { kind: 'online', after: null } : launched(context.registry.rows(name), slot)));
  await task.command(name, expectations, () => (fresh ? bringUp() : link.request({ type: 'start', app: name, slots })));
  return true;
}

/** What cannot be found is for the launch to report: the release before may still be there. */
function releaseToStart(app: StoredApp): Release {
  return missingPath(app.spec) === null ? nextRelease(app, app.spec, resolvePaths('start', app.spec)) : currentRelease(app);
}

/** A new host would first end what runs; that is for the user to ask for. */
function reportUnsupervised({ context, task }: Running, app: StoredApp, slots: readonly number[]): true {
  const living = new Set(livingInRows(context.registry.rows(app.spec.name)).map((orphan) => orphan.slot));
  for (const slot of app.slots.filter((one) => slots.includes(one.slot))) {
    const lives = living.has(slot.slot);
    const reason = `not started: other instances go on without supervision; holdfast restart ${app.spec.name} puts a new host in place`;
    task.outcome(app.spec.name, slot, { ok: lives, text: lives ? 'online, unsupervised' : reason });
  }
  return true;
}

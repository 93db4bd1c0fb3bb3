// Changes how many instances an app has: new ones take the lowest free slots, the highest go first.
import { HoldfastError } from '../../model/errors.ts';
import type { DaemonContext } from '../context.ts';
import { currentRelease } from '../releases.ts';
import type { StoredApp } from '../store.ts';
import { applyTo, supervise } from '../supervise.ts';
import { removeSlots } from './delete.ts';
import { superviseFor } from './take-over.ts';
import { allSlots, findApp, forEachApp, saveState } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { rollOut } from './roll-out.ts';
import { freeSlots, wayTo } from './ways.ts';
import type { Way } from './ways.ts';
import { wish } from './wishes.ts';

/** Exactly one of `count` (the total) and `change` is given. */
export interface ScaleRequest {
  readonly app: string;
  readonly count?: number | undefined;
  readonly change?: number | undefined;
}

/** Checks the app and the number. */
export function checkScale(context: DaemonContext, request: ScaleRequest): StoredApp {
  const app = findApp(context, 'scale', request.app);
  if ((request.count === undefined) === (request.change === undefined)) {
    throw new HoldfastError('USAGE', `Cannot scale ${request.app}: exactly one of count and change is needed.`, {
      hint: `holdfast scale ${request.app} 2`,
    });
  }
  const wanted = targetCount(app, request);
  if (wanted < 1) {
    throw new HoldfastError('USAGE', `Cannot scale ${request.app} to ${wanted} instances: the least is 1.`, {
      hint: `holdfast stop ${request.app}`,
    });
  }
  if (wanted === app.slots.length)
    throw new HoldfastError('NOTHING_TO_DO', `Cannot scale ${request.app} to ${wanted}: it has ${wanted} already.`, {
      hint: 'holdfast ls',
    });
  return app;
}

/** Refuses before anything is changed. */
export function planScale(context: DaemonContext, request: ScaleRequest): Plan {
  const app = checkScale(context, request);
  return {
    apps: [request.app],
    hurries: [],
    run: (task) =>
      forEachApp([{ app: request.app, slots: allSlots(app) }], { context, task }, (present) =>
        scale({ context, task }, present, targetCount(present, request)),
      ),
  };
}

/** How many instances it asks for; the least is one, whatever has changed while it waited for its turn. */
export function targetCount(app: StoredApp, { count, change }: ScaleRequest): number {
  return count ?? app.slots.length + (change ?? 0);
}

/** All that come, or go, do so at the same time. */
export function wayToScale(context: DaemonContext, app: StoredApp, wanted: number): Way {
  const count = Math.max(wanted, 1);
  const manner = { parallel: Math.max(Math.abs(count - app.slots.length), 1) };
  return wayTo(context, app, { cause: 'scale', release: currentRelease(app), replace: [], count, manner });
}

async function scale(running: Running, app: StoredApp, wanted: number): Promise<void> {
  if (Math.max(wanted, 1) === app.slots.length) return;
  const way = wayToScale(running.context, app, wanted);
  if (way.kind === 'rollout') return rollOut(running, way.draft);
  if (wanted > app.slots.length) return grow(running, app, wanted);
  const surplus = [...allSlots(app)].sort((a, b) => b - a).slice(0, app.slots.length - Math.max(wanted, 1));
  const link = await superviseFor(running, app, surplus);
  await removeSlots(running, { app, slots: surplus, link });
}

async function grow({ context, task }: Running, app: StoredApp, wanted: number): Promise<void> {
  const { name } = app.spec;
  const grown = withSlots(context, { ...app, spec: { ...app.spec, instances: wanted } }, wanted);
  const added = allSlots(grown).filter((slot) => !allSlots(app).includes(slot));
  context.store.put(grown);
  await saveState(context, task);
  const { link, fresh, bringUp } = await supervise(context, grown);
  // A new host starts them all.
  const started = fresh ? grown.slots.filter(({ goal }) => goal === 'up').map(({ slot }) => slot) : added;
  const expectations = wish(grown, started, () => ({ kind: 'online', after: null }));
  await task.command(name, expectations, () => (fresh ? bringUp() : applyTo(context, link, grown, true)));
}

/** The app with slots up to `count` in all; new ones get the next ids and are wanted up. */
function withSlots(context: DaemonContext, app: StoredApp, count: number): StoredApp {
  const added = freeSlots(app, count);
  const ids = context.store.takeIds(added.length);
  return { ...app, slots: [...app.slots, ...added.map((slot, index) => ({ slot, id: ids[index]!, goal: 'up' as const }))] };
}

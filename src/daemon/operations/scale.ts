// Changes how many instances an app has: new ones take the lowest free slots, the highest go first.
import { HoldfastError } from '../../model/errors.ts';
import { closest } from '../../policy/closest.ts';
import type { DaemonContext } from '../context.ts';
import type { StoredApp } from '../store.ts';
import { applyTo, supervise } from '../supervise.ts';
import { removeSlots } from './delete.ts';
import { superviseFor } from './take-over.ts';
import { allSlots, forEachApp, saveState } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { freeSlots } from './ways.ts';
import { wish } from './wishes.ts';

/** Exactly one of `count` (the total) and `change` is given. */
export interface ScaleRequest {
  readonly app: string;
  readonly count?: number | undefined;
  readonly change?: number | undefined;
}

function unknownApp(context: DaemonContext, name: string): HoldfastError {
  const near = closest(
    name,
    context.store.apps().map(({ spec }) => spec.name),
  );
  const meant = near === null ? '' : ` (did you mean ${near}?)`;
  return new HoldfastError('TARGET_NOT_FOUND', `Cannot scale ${name}: no app is called that${meant}.`, { hint: 'holdfast ls' });
}

/** Checks the app and the number. */
export function planScale(context: DaemonContext, request: ScaleRequest): Plan {
  const app = context.store.get(request.app);
  if (app === null) throw unknownApp(context, request.app);
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
  return {
    apps: [request.app],
    hurries: [],
    run: (task) =>
      forEachApp([{ app: request.app, slots: allSlots(app) }], { context, task }, (present) =>
        scale({ context, task }, present, targetCount(present, request)),
      ),
  };
}

function targetCount(app: StoredApp, { count, change }: ScaleRequest): number {
  return count ?? app.slots.length + (change ?? 0);
}

async function scale(running: Running, app: StoredApp, wanted: number): Promise<void> {
  if (wanted > app.slots.length) return grow(running, app, wanted);
  // The number may have changed while this waited for its turn.
  const surplus = [...allSlots(app)].sort((a, b) => b - a).slice(0, app.slots.length - Math.max(wanted, 1));
  if (surplus.length === 0) return;
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
  const expectations = wish(grown, added, () => ({ kind: 'online', after: null }));
  await task.command(name, expectations, () => (fresh ? bringUp() : applyTo(context, link, grown, true)));
}

/** The app with slots up to `count` in all; new ones get the next ids and are wanted up. */
export function withSlots(context: DaemonContext, app: StoredApp, count: number): StoredApp {
  const added = freeSlots(app, count);
  const ids = context.store.takeIds(added.length);
  return { ...app, slots: [...app.slots, ...added.map((slot, index) => ({ slot, id: ids[index]!, goal: 'up' as const }))] };
}

// Restarts instances, whatever they are doing; those that are down are started.
import type { DaemonContext } from '../context.ts';
import type { StoredApp } from '../store.ts';
import { supervise } from '../supervise.ts';
import { forEachApp, saveState, selectSlots } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { relaunched, wish } from './wishes.ts';

/** Checks the targets. */
export function planRestart(context: DaemonContext, targets: readonly string[]): Plan {
  const chosen = selectSlots(context, 'restart', targets);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: [],
    run: (task) => forEachApp(chosen, { context, task }, (app, slots) => restart({ context, task }, app, slots)),
  };
}

async function restart({ context, task }: Running, app: StoredApp, slots: readonly number[]): Promise<void> {
  const { name } = app.spec;
  context.store.setGoals(name, slots, 'up');
  await saveState(context, task);
  const { link, fresh, bringUp } = await supervise(context, context.store.get(name)!);
  const expectations = wish(app, slots, (slot) =>
    fresh ? { kind: 'online', after: null } : relaunched(context.registry.rows(name), slot),
  );
  await task.command(name, expectations, () => (fresh ? bringUp() : link.request({ type: 'restart', app: name, slots })));
}

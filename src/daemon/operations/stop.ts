// Stops instances; they stay in the list.
import type { DaemonContext } from '../context.ts';
import type { StoredApp } from '../store.ts';
import { supervise } from '../supervise.ts';
import { forEachApp, saveState, selectSlots } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { isAnywhere, wish } from './wishes.ts';

/** Checks the targets. */
export function planStop(context: DaemonContext, targets: readonly string[]): Plan {
  const chosen = selectSlots(context, 'stop', targets);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: chosen,
    run: (task) => forEachApp(chosen, { context, task }, (app, slots) => stop({ context, task }, app, slots)),
  };
}

async function stop({ context, task }: Running, app: StoredApp, slots: readonly number[]): Promise<void> {
  const { name } = app.spec;
  context.store.setGoals(name, slots, 'down');
  await saveState(context, task);
  if (!isAnywhere(context, app)) {
    for (const slot of app.slots) if (slots.includes(slot.slot)) task.outcome(name, slot, { ok: true, text: 'stopped' });
    return;
  }
  const { link, bringUp } = await supervise(context, context.store.get(name)!);
  // The others of the app, where a new host has just taken them over.
  await bringUp();
  await task.command(
    name,
    wish(app, slots, () => ({ kind: 'stopped' })),
    () => link.request({ type: 'stop', app: name, slots }),
  );
}

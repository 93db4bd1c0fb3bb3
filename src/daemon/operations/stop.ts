// Stops instances; they stay in the list.
import type { DaemonContext } from '../context.ts';
import type { StoredApp } from '../store.ts';
import { saveState, selectSlots } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { stopInOrder } from './stop-order.ts';
import { switchWatch } from './switch-watch.ts';
import { superviseFor } from './take-over.ts';
import { isAnywhere, wish } from './wishes.ts';

export interface StopRequest {
  readonly targets: readonly string[];
  readonly watch?: 'off' | undefined;
}

/** Checks the targets. */
export function planStop(context: DaemonContext, { targets, watch }: StopRequest): Plan {
  const chosen = selectSlots(context, 'stop', targets);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: chosen,
    run: (task) => {
      if (watch !== undefined) for (const { app } of chosen) switchWatch(context, app, watch);
      return stopInOrder(chosen, { context, task }, (app, slots) => stop({ context, task }, app, slots));
    },
  };
}

async function stop(running: Running, app: StoredApp, slots: readonly number[]): Promise<void> {
  const { context, task } = running;
  const { name } = app.spec;
  context.store.setGoals(name, slots, 'down');
  await saveState(context, task);
  if (!isAnywhere(context, app)) {
    for (const slot of app.slots) if (slots.includes(slot.slot)) task.outcome(name, slot, { ok: true, text: 'stopped' });
    return;
  }
  const link = await superviseFor(running, app, slots);
  await task.command(
    name,
    wish(app, slots, () => ({ kind: 'stopped' })),
    () => link.request({ type: 'stop', app: name, slots }),
  );
}

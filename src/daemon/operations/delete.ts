// Stops instances and takes them off the list; the app too when none is left.
import type { DaemonContext } from '../context.ts';
import type { HostLink } from '../host-link.ts';
import type { StoredApp } from '../store.ts';
import { saveState, selectSlots } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { stopInOrder } from './stop-order.ts';
import { superviseFor } from './take-over.ts';
import { isAnywhere, wish } from './wishes.ts';

/** Checks the targets. */
export function planDelete(context: DaemonContext, targets: readonly string[]): Plan {
  const chosen = selectSlots(context, 'delete', targets);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: chosen,
    run: (task) => stopInOrder(chosen, { context, task }, (app, slots) => remove({ context, task }, app, slots)),
  };
}

async function remove(running: Running, app: StoredApp, slots: readonly number[]): Promise<void> {
  const { context, task } = running;
  const { name } = app.spec;
  if (!isAnywhere(context, app)) {
    forget(context, app, slots);
    await saveState(context, task);
    for (const slot of app.slots) if (slots.includes(slot.slot)) task.outcome(name, slot, { ok: true, text: 'deleted' });
    return;
  }
  const link = await superviseFor(running, app, slots);
  await removeSlots(running, { app, slots, link });
}

/** Takes slots off the list, then has the host stop and forget them: what a host runs and the list does not name is on its way out. */
export async function removeSlots(
  { context, task }: Running,
  { app, slots, link }: { readonly app: StoredApp; readonly slots: readonly number[]; readonly link: HostLink },
): Promise<void> {
  const { name } = app.spec;
  forget(context, app, slots);
  await saveState(context, task);
  // A rollout that it overtakes may have added some that the list does not know yet.
  const unknown = context.registry.rows(name).map((row) => row.slot);
  const all = context.store.get(name) === null ? [...new Set([...slots, ...unknown])] : slots;
  await task.command(
    name,
    wish(app, slots, () => ({ kind: 'gone' })),
    () => link.request({ type: 'remove', app: name, slots: all }),
  );
  if (context.store.get(name) === null) link.runs.delete(name);
}

function forget(context: DaemonContext, app: StoredApp, slots: readonly number[]): void {
  const { name } = app.spec;
  const present = context.store.get(name) ?? app;
  const left = present.slots.filter((slot) => !slots.includes(slot.slot));
  if (left.length > 0) return context.store.put({ ...present, spec: { ...present.spec, instances: left.length }, slots: left });
  context.store.remove(name);
  if (context.registry.rows(name).some((row) => row.process !== null)) context.departing.set(name, app);
  else context.registry.forget(name);
}

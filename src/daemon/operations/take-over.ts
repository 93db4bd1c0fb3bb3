// Puts an app under its host before some of its slots are taken down: where the host is new, the others are up before that happens.
import type { HostLink } from '../host-link.ts';
import { supervise } from '../supervise.ts';
import type { StoredApp } from '../store.ts';
import { isSupervised } from '../context.ts';
import { saveState } from './plan.ts';
import type { Running } from './plan.ts';
import { wish } from './wishes.ts';

/** Resolves when a host minds the app and nothing more is to be done for the slots that stay. `leaving` are the others. */
export async function superviseFor({ context, task }: Running, app: StoredApp, leaving: readonly number[]): Promise<HostLink> {
  const { name } = app.spec;
  if (!isSupervised(context, app)) {
    // A new host would start them only to stop them.
    context.store.setGoals(name, leaving, 'down');
    await saveState(context, task);
  }
  const { link, fresh, bringUp } = await supervise(context, context.store.get(name)!);
  const staying = app.slots.filter((slot) => slot.goal === 'up' && !leaving.includes(slot.slot)).map((slot) => slot.slot);
  if (fresh)
    await task.aside(
      name,
      wish(app, staying, () => ({ kind: 'online', after: null })),
      bringUp,
    );
  return link;
}

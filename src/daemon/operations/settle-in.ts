// Carries out what has changed in the list for one app, by a restart: in its host, in another, or for the first time.
import type { StoredApp } from '../store.ts';
import { applyTo, supervise } from '../supervise.ts';
import { allSlots } from './plan.ts';
import type { Running } from './plan.ts';
import { relaunched, wish } from './wishes.ts';

/** What has changed; `before` is null for a new app. */
export interface Change {
  readonly app: StoredApp;
  readonly before: StoredApp | null;
}

/** Resolves when the host has taken it. */
export async function settleIn(running: Running, { app, before }: Change): Promise<void> {
  const { context, task } = running;
  const { name, host, autostart } = app.spec;
  if (before !== null && before.spec.host !== host) await leaveHost(running, before);
  const { link, fresh, bringUp } = await supervise(context, app);
  const isKept = (slot: number): boolean => before?.slots.some((one) => one.slot === slot) === true;
  const kept = allSlots(app).filter(isKept);
  const expectations = wish(app, allSlots(app), (slot) => {
    if (!isKept(slot) && !autostart) return { kind: 'stopped' };
    return fresh || !isKept(slot) ? { kind: 'online', after: null } : relaunched(context.registry.rows(name), slot);
  });
  await task.command(name, expectations, async () => {
    if (fresh) return bringUp();
    await applyTo(context, link, app, autostart);
    if (kept.length > 0) await link.request({ type: 'restart', app: name, slots: kept });
  });
}

/** An app that moves to another host is stopped and forgotten by the one it leaves. */
async function leaveHost({ context, task }: Running, before: StoredApp): Promise<void> {
  const { name, host } = before.spec;
  const link = context.hosts.get(host);
  if (link?.runs.has(name) !== true) return;
  const gone = wish(before, allSlots(before), () => ({ kind: 'gone' }));
  await task.aside(name, gone, () => link.request({ type: 'remove', app: name, slots: allSlots(before) }));
  link.runs.delete(name);
}

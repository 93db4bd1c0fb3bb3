// Puts an app under the care of its host: the road every action takes before it commands anything.
import type { SlotId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { DaemonContext } from './context.ts';
import type { HostLink } from './host-link.ts';
import { hostOf } from './next-host.ts';
import { livingInRows, joinOrphans, waitForEnd } from './orphans.ts';
import { currentRelease } from './releases.ts';
import type { StoredApp } from './store.ts';

/** What orphans may take beyond their kill timeout: the kernel's own time to end a process. */
const ORPHAN_GRACE_MS: Ms = 5000;

/** `fresh`: the host did not know the app before, so nothing of it runs yet. */
export interface Supervised {
  readonly link: HostLink;
  readonly fresh: boolean;
  /** Where it is fresh, starts the slots whose goal is up. To be called by whoever supervises, once those are watched that it wants to watch. */
  bringUp(): Promise<void>;
}

/** Starts the host where needed, and tells it of the app; its orphans, if any, are ended before. */
export async function supervise(context: DaemonContext, app: StoredApp): Promise<Supervised> {
  const link = await hostOf(context, app);
  if (link.runs.has(app.spec.name)) return { link, fresh: false, bringUp: async () => {} };
  await applyTo(context, link, app, false);
  const up = app.slots.filter((slot) => slot.goal === 'up').map((slot) => slot.slot);
  const bringUp = async (): Promise<void> => {
    if (up.length > 0) await link.request({ type: 'start', app: app.spec.name, slots: up });
  };
  return { link, fresh: true, bringUp };
}

/** Gives a host the spec and the slots of an app, and its orphans to end. Resolves when these are gone. */
export async function applyTo(context: DaemonContext, link: HostLink, app: StoredApp, start: boolean): Promise<void> {
  const { name, killTimeoutMs } = app.spec;
  const fresh = !link.runs.has(name);
  const orphans = fresh ? joinOrphans(app.orphans, livingInRows(context.registry.rows(name))).map((orphan) => orphan.process) : [];
  // What was known of them is about to be wrong; the host's own rows follow.
  if (fresh) context.registry.forget(name);
  const release = currentRelease(app);
  await link.request({ type: 'apply', release, slots: slotIds(app), start, orphans });
  context.registry.setRelease(name, release);
  link.runs.add(name);
  await waitForEnd(orphans, killTimeoutMs + ORPHAN_GRACE_MS, context.clock);
  const present = context.store.get(name);
  if (present !== null && present.orphans.length > 0) context.store.put({ ...present, orphans: [] });
}

/** The slots as a host is told of them. */
export function slotIds(app: Pick<StoredApp, 'slots'>): readonly SlotId[] {
  return app.slots.map(({ slot, id }) => ({ slot, id }));
}

// Brings apps into the list as their specs say: creates those that are not there, replaces and restarts those that are.
import type { AppSpec } from '../../model/app-spec.ts';
import { HoldfastError } from '../../model/errors.ts';
import { hostFiles, MAX_SOCKET_PATH_BYTES } from '../../model/home.ts';
import type { DaemonContext } from '../context.ts';
import type { StoredApp } from '../store.ts';
import { applyTo, supervise } from '../supervise.ts';
import { allSlots, forEachApp, saveState } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { withSlots } from './scale.ts';
import { relaunched, wish } from './wishes.ts';

/** `existing`: what to do about an app of that name. */
export interface ApplyRequest {
  readonly specs: readonly AppSpec[];
  readonly existing: 'restart' | 'refuse' | 'reload';
}

/** Checks names and hosts. */
export function planApply(context: DaemonContext, { specs, existing }: ApplyRequest): Plan {
  const names = specs.map((spec) => spec.name);
  for (const [index, spec] of specs.entries()) {
    if (names.indexOf(spec.name) !== index)
      throw new HoldfastError('CONFIG_INVALID', `Cannot start ${spec.name}: two apps of the request have that name.`);
    if (existing === 'refuse' && context.store.get(spec.name) !== null) throw taken(spec.name);
    checkHost(context, spec);
  }
  return {
    apps: names,
    hurries: [],
    run: async (task) => {
      const running = { context, task };
      // One after the other, so that ids follow the order of the request.
      const placed = specs.map((spec) => place(running, spec, existing));
      await saveState(context, task);
      const chosen = placed.flatMap((change) => (change === null ? [] : [{ app: change.app.spec.name, slots: allSlots(change.app) }]));
      await forEachApp(chosen, running, (app) =>
        settleIn(
          running,
          placed.find((change) => change?.app.spec.name === app.spec.name)!,
        ),
      );
    },
  };
}

/** What changes for one app; `before` is null for a new one. */
interface Change {
  readonly app: StoredApp;
  readonly before: StoredApp | null;
}

function place({ context, task }: Running, spec: AppSpec, existing: ApplyRequest['existing']): Change | null {
  const before = context.store.get(spec.name);
  if (before !== null && existing === 'refuse') {
    // It came into being while this waited for its turn.
    task.fail(taken(spec.name).message);
    return null;
  }
  const kept = (before?.slots ?? []).toSorted((a, b) => a.slot - b.slot).slice(0, spec.instances);
  const grown = withSlots(
    context,
    { spec, slots: kept.map((slot) => ({ ...slot, goal: 'up' })), orphans: before?.orphans ?? [] },
    spec.instances,
  );
  const added = allSlots(grown).slice(kept.length);
  const app = spec.autostart
    ? grown
    : { ...grown, slots: grown.slots.map((slot) => (added.includes(slot.slot) ? { ...slot, goal: 'down' as const } : slot)) };
  context.store.put(app);
  return { app, before };
}

async function settleIn(running: Running, { app, before }: Change): Promise<void> {
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

/** The name of a host is part of the path of its socket, which is bounded (unix(7)). */
function checkHost(context: DaemonContext, spec: AppSpec): void {
  const bytes = Buffer.byteLength(hostFiles(context.home, spec.host).socket);
  if (bytes <= MAX_SOCKET_PATH_BYTES) return;
  throw new HoldfastError(
    'CONFIG_INVALID',
    `Cannot start ${spec.name}: the socket path of its host ${spec.host} would have ${bytes} bytes, the most is ${MAX_SOCKET_PATH_BYTES}.`,
    {
      hint: 'give the app a shorter name, or a short one in its attribute "host"',
    },
  );
}

function taken(name: string): HoldfastError {
  return new HoldfastError('NAME_TAKEN', `Cannot start ${name}: an app of that name is in the list already.`, {
    hint: `holdfast restart ${name}`,
  });
}

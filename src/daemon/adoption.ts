// Takes into the list what a host has come to while nobody listened: the release it launches from, and the slots a rollout has left it with.
import type { InstanceRow } from '../model/protocol.ts';
import { awaitsChance, hasEnded } from '../policy/reconcile.ts';
import type { DesiredSlot } from '../policy/reconcile.ts';
import { isAskedFor } from '../policy/rollout.ts';
import { isSupervised } from './context.ts';
import type { DaemonContext } from './context.ts';
import { createApp, isCurrent, withRelease } from './releases.ts';
import { isUnderWay } from './rollouts.ts';

/** For an app whose host answers, unless it is being rolled out. Nothing changes where the list knows it all. */
export function adoptRelease(context: DaemonContext, name: string): void {
  const { store, registry, clock } = context;
  const app = store.get(name);
  const release = registry.release(name);
  if (app === null || release === null || !isSupervised(context, app) || isRollingOut(context, name)) return;
  const rollout = registry.rollout(name);
  const isNews = rollout !== null && isAskedFor(rollout.cause) && rollout.phase === 'done' && rollout.startedAt !== app.rolloutAt;
  const slots = isNews ? slotsOf(registry.rows(name)) : app.slots;
  if ((!isNews && isCurrent(app, release)) || slots.length === 0) return;
  const known = { ...app, slots, rolloutAt: isNews ? rollout.startedAt : app.rolloutAt };
  store.put(withRelease(known, release, { now: clock.epochMs(), healthy: isNews }));
}

/** Whether a rollout of the app that somebody asked for is under way: its end is reported, and until then nothing can be compared. */
export function isRollingOut({ registry }: DaemonContext, name: string): boolean {
  const rollout = registry.rollout(name);
  return rollout !== null && isAskedFor(rollout.cause) && isUnderWay(rollout);
}

/** For an app that a host runs and the list, which was lost, does not name. */
export function adoptUnknown({ store, registry, clock }: DaemonContext, name: string): void {
  const release = registry.release(name);
  const slots = slotsOf(registry.rows(name));
  if (release === null || slots.length === 0) return;
  const { number, spec, cwd, script } = release;
  const app = createApp({ spec, slots, paths: { cwd, script }, now: clock.epochMs() });
  store.put({ ...app, release: { ...app.release, number }, lastRelease: number });
}

/** What holds a slot, and is wanted as its host knows it. */
function slotsOf(rows: readonly InstanceRow[]): readonly DesiredSlot[] {
  const holders = rows.filter((row) => row.role !== 'leaving');
  return [...new Map(holders.map((row) => [row.slot, desiredSlot(row)])).values()];
}

function desiredSlot(row: InstanceRow): DesiredSlot {
  const { slot, id } = row;
  const goal = awaitsChance(row) ? 'up' : row.goal;
  return { slot, id, goal, ...(hasEnded(row) ? { waits: true } : {}) };
}

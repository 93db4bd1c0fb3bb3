// How the apps of the list stand that others depend on, and whether anything of an app runs. What follows from it policy/dependencies.ts decides.
import type { AppSpec } from '../model/app-spec.ts';
import type { Ms } from '../model/units.ts';
import type { DependencyState, SeenInstance } from '../policy/dependencies.ts';
import type { Waiting } from '../policy/reconcile.ts';
import type { DaemonContext } from './context.ts';
import { seenRows } from './seen-rows.ts';
import type { SeenRow } from './seen-rows.ts';
import type { StoredApp } from './store.ts';

/** A site that was up, and died as a whole, is not kept down for longer because of an order. */
const REVIVAL_LIMIT_MS: Ms = 30_000;

/** Of one app, as far as is known at this moment. */
export function dependencyState(context: DaemonContext, name: string): DependencyState {
  const app = context.store.get(name);
  if (app === null) return { kind: 'absent' };
  if (app.waiting !== null) return { kind: 'waiting' };
  const holders = seenRows(context, app).filter(({ row }) => row.role === 'current');
  return { kind: 'seen', spec: app.spec, instances: holders.map((seen) => instanceOf(app, seen)) };
}

function instanceOf(app: StoredApp, { row, status, pid }: SeenRow): SeenInstance {
  const { healthy, readiness, liveness, tally } = row;
  const goal = app.slots.find((slot) => slot.slot === row.slot)?.goal ?? row.goal;
  const seen = { goal, healthy, readiness, liveness, tally, lives: pid !== null };
  if (status === 'unsupervised') return { ...seen, phase: { kind: 'online' }, supervised: false };
  // The last row of a host that is gone may tell of a process that went with it.
  return {
    ...seen,
    phase: status === 'stopped' && row.phase.kind !== 'stopped' ? { kind: 'stopped', finished: null } : row.phase,
    supervised: true,
  };
}

/** Whether an instance of the app is up, or on its way up or down. */
export function isRunning(context: DaemonContext, app: StoredApp): boolean {
  return seenRows(context, app).some(
    ({ row, status }) => status === 'unsupervised' || (row.generation > 0 && !['stopped', 'errored', 'waiting'].includes(status)),
  );
}

/** How long an app waits before it is given up, or started all the same. */
export function waitLimitMs({ dependsTimeoutMs }: Pick<AppSpec, 'dependsTimeoutMs'>, { orElse }: Pick<Waiting, 'orElse'>): Ms {
  return orElse === 'start' ? Math.min(dependsTimeoutMs, REVIVAL_LIMIT_MS) : dependsTimeoutMs;
}

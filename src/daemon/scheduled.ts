// What the schedules of apps have to do with the rest: which apps have one, and what is begun when it is due. policy/schedule.ts decides.
import type { OperationRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import { hasChild } from '../policy/lifecycle.ts';
import { decideRun } from '../policy/schedule.ts';
import type { ScheduledSlot } from '../policy/schedule.ts';
import type { Scheduled } from '../trigger/schedules.ts';
import type { DaemonContext } from './context.ts';
import { targetsOf } from './operations/plan.ts';
import type { StoredApp } from './store.ts';

/** As the schedules see the list. */
export function scheduledApps({ store }: Pick<DaemonContext, 'store'>): readonly Scheduled[] {
  return store.apps().map(({ spec, slots }) => ({
    name: spec.name,
    schedule: spec.schedule,
    isWanted: slots.some(({ goal, waits }) => goal === 'up' || waits === true),
  }));
}

/** What a run needs of the daemon. */
export interface RunOptions {
  readonly context: DaemonContext;
  /** Whether nothing else is being done to the app. */
  readonly isIdle: (app: string) => boolean;
  readonly begin: (request: OperationRequest) => void;
}

/** The schedule of an app is due: begins what is to be done, or says why it is left out. */
export function runScheduled(name: string, { context, isIdle, begin }: RunOptions): void {
  const app = context.store.get(name);
  if (app === null || app.spec.schedule === null) return;
  const { spec } = app;
  const { pattern } = app.spec.schedule;
  const decision = decideRun({
    autorestart: spec.autorestart,
    mode: spec.mode,
    isBusy: !isIdle(name),
    slots: slotsOf(context, app),
  });
  const subject = { app: name, slot: null };
  if (decision.kind === 'skip') {
    const { reason } = decision;
    if (reason !== 'stopped') context.events.publish({ kind: 'schedule-skipped', pattern, reason }, subject);
    return;
  }
  const { action, slots } = decision;
  context.events.publish({ kind: 'schedule-due', pattern, action }, subject);
  try {
    begin({ action, targets: targetsOf(app, slots) });
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    context.events.publish({ kind: 'schedule-failed', pattern, reason: error.message }, subject);
  }
}

function slotsOf({ registry }: DaemonContext, { spec, slots }: StoredApp): readonly ScheduledSlot[] {
  const alive = registry.rows(spec.name).filter(({ phase }) => hasChild(phase) || phase.kind === 'backoff');
  const running = new Set(alive.map(({ slot }) => slot));
  return slots.map(({ slot, goal, waits }) => ({ slot, goal, waits: waits === true, isRunning: running.has(slot) }));
}

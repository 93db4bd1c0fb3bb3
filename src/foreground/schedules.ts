// What the schedules of apps (cron_restart) do in the foreground: policy/schedule.ts decides what is begun when one is due.
import { hasChild } from '../policy/lifecycle.ts';
import { decideRun } from '../policy/schedule.ts';
import type { Clock } from '../platform/clock.ts';
import { createSchedules } from '../trigger/schedules.ts';
import type { Schedules } from '../trigger/schedules.ts';
import type { App, Apps } from './apps.ts';

/** Nothing is due before the first review. */
export function scheduleApps(apps: Pick<Apps, 'all' | 'act' | 'tell'>, clock: Clock): Pick<Schedules, 'review' | 'stop'> {
  return createSchedules({
    clock,
    // Nobody stops a single app here.
    apps: () => apps.all().map(({ spec }) => ({ name: spec.name, schedule: spec.schedule, isWanted: true })),
    due(name) {
      const app = apps.all().find(({ spec }) => spec.name === name);
      if (app !== undefined && app.spec.schedule !== null) runScheduled(app, app.spec.schedule.pattern, apps);
    },
  });
}

function runScheduled(app: App, pattern: string, { act, tell }: Pick<Apps, 'act' | 'tell'>): void {
  const { name, autorestart, mode } = app.spec;
  const isRunning = (slot: number): boolean =>
    app.rows.some((row) => row.slot === slot && (hasChild(row.phase) || row.phase.kind === 'backoff'));
  const slots = app.slots.map(({ slot }) => ({ slot, goal: 'up', waits: false, isRunning: isRunning(slot) }) as const);
  const decision = decideRun({ autorestart, mode, isBusy: false, slots });
  if (decision.kind === 'skip') {
    if (decision.reason !== 'stopped') tell(name, { kind: 'schedule-skipped', pattern, reason: decision.reason });
    return;
  }
  tell(name, { kind: 'schedule-due', pattern, action: decision.action });
  act(app, decision.action, decision.slots);
}

// Knows when the schedule of which app is due next, and says so when it is. What is done then is not its business.
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { nextRun } from '../platform/cron-pattern.ts';
import type { Schedule } from '../platform/cron-pattern.ts';

/** The date may be set while we wait, or the machine sleep: it is looked at again after so long at the latest. */
const LOOK_EVERY_MS: Ms = 60_000;

/** An app that may have a schedule. */
export interface Scheduled {
  readonly name: string;
  readonly schedule: Schedule | null;
  /** Whether anything of it may be run: a stopped app has no next time. */
  readonly isWanted: boolean;
}

export interface SchedulesOptions {
  readonly clock: Clock;
  readonly apps: () => readonly Scheduled[];
  /** Called once for every time that has come; several that were slept through count as one. */
  readonly due: (app: string) => void;
}

export interface Schedules {
  /** To be called when apps, their schedules or what is wanted of them may have changed. */
  review(): void;
  /** Epoch milliseconds; null for an app without a schedule, or one that is stopped. */
  nextAt(app: string): number | null;
  /** Nothing is due any more, until the next review. */
  stop(): void;
}

interface Entry {
  readonly schedule: Schedule;
  readonly nextAt: number | null;
}

/** None is known before the first review. Without schedules there is no timer. */
export function createSchedules({ clock, apps, due }: SchedulesOptions): Schedules {
  let entries = new Map<string, Entry>();
  let cancel: Cancel | null = null;

  function review(): void {
    const known = entries;
    entries = new Map();
    for (const { name, schedule, isWanted } of apps()) {
      if (schedule === null || !isWanted) continue;
      const before = known.get(name);
      entries.set(name, before !== undefined && isSame(before.schedule, schedule) ? before : entryOf(schedule));
    }
    wait();
  }

  function entryOf(schedule: Schedule): Entry {
    return { schedule, nextAt: nextRun(schedule, clock.epochMs()) };
  }

  function wait(): void {
    cancel?.();
    const next = Math.min(...[...entries.values()].map(({ nextAt }) => nextAt ?? Infinity));
    cancel = next === Infinity ? null : clock.setTimer(Math.min(Math.max(next - clock.epochMs(), 0), LOOK_EVERY_MS), look);
  }

  function look(): void {
    const now = clock.epochMs();
    const come = [...entries].filter(([, { nextAt }]) => nextAt !== null && nextAt <= now);
    for (const [name, { schedule }] of come) entries.set(name, entryOf(schedule));
    wait();
    for (const [name] of come) due(name);
  }

  return {
    review,
    nextAt: (app) => entries.get(app)?.nextAt ?? null,
    stop() {
      cancel?.();
      cancel = null;
      entries.clear();
    },
  };
}

function isSame(a: Schedule, b: Schedule): boolean {
  return a.pattern === b.pattern && a.timeZone === b.timeZone;
}

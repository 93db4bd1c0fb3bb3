// Remembers the latest changes of each app, to see those that it makes itself after each start. policy/watch.ts says which.
import { CIRCLE_RESTARTS, countChange } from '../policy/watch.ts';
import type { ChangeStreak } from '../policy/watch.ts';
import type { Change } from './watches.ts';

/** An app that restarts itself: by a file that it writes. */
export interface Circle {
  readonly file: string;
  /** How often it has done so. */
  readonly restarts: number;
}

export interface Circles {
  /** Counts a change that is to restart the app; null: it may. `launchedAt` is of its latest launch, epoch milliseconds; null before the first. */
  seenIn(app: string, change: Change, launchedAt: number | null): Circle | null;
}

/** Nothing is remembered yet; an app that was told of begins anew. */
export function createCircles(): Circles {
  const streaks = new Map<string, ChangeStreak>();
  return {
    seenIn(app, { files, firstAt }, launchedAt) {
      const afterLaunchMs = launchedAt === null || firstAt < launchedAt ? null : firstAt - launchedAt;
      const { streak, circle } = countChange(streaks.get(app) ?? null, { files, afterLaunchMs });
      if (circle === null) streaks.set(app, streak);
      else streaks.delete(app);
      return circle === null ? null : { file: circle, restarts: CIRCLE_RESTARTS };
    },
  };
}

/** The latest launch of all of these; null where there was none. */
export function latestLaunch(slots: readonly { readonly startedAt: number | null }[]): number | null {
  return slots.reduce<number | null>(
    (latest, { startedAt }) => (startedAt === null ? latest : Math.max(latest ?? startedAt, startedAt)),
    null,
  );
}

// What a change of watched files does to an app, and when its restarts go round in a circle. It only says, and looks at no file.
import type { ExecMode } from '../model/app-spec.ts';
import type { Goal } from '../model/instance.ts';
import type { Ms } from '../model/units.ts';

/** A slot as a change finds it. */
export interface WatchedSlot {
  readonly slot: number;
  readonly goal: Goal;
  /** Down, and not by a command: it has ended by itself, or has not been started yet. */
  readonly waits: boolean;
  /** It has a process, or is about to have one. */
  readonly isRunning: boolean;
  /** When its latest process was launched, epoch milliseconds; null before the first. */
  readonly startedAt: number | null;
}

/** An app of which files have changed. */
export interface ChangedApp {
  readonly mode: ExecMode;
  /** Something else is being done to it. */
  readonly isBusy: boolean;
  /** When the last of them did, epoch milliseconds. */
  readonly changedAt: number;
  readonly slots: readonly WatchedSlot[];
}

/** `wait`: it is asked again later. `leave`: nothing is to be done, now or later. */
export type ChangeDecision =
  | { readonly kind: 'act'; readonly action: 'restart' | 'reload'; readonly slots: readonly number[] }
  | { readonly kind: 'wait' }
  | { readonly kind: 'leave' };

/** What serves in cluster mode is reloaded, all else restarted; what ended by itself is started; what a command stopped, or was launched since, stays as it is. */
export function decideChange(app: ChangedApp): ChangeDecision {
  const meant = app.slots.filter(({ goal, waits, startedAt }) => goal === 'up' || (waits && startedAt !== null));
  if (meant.length === 0) return { kind: 'leave' };
  if (app.isBusy) return { kind: 'wait' };
  if (meant.every(({ isRunning, startedAt }) => isRunning && startedAt !== null && startedAt > app.changedAt)) return { kind: 'leave' };
  const allServe = meant.every(({ isRunning }) => isRunning);
  const action = app.mode === 'cluster' && allServe ? 'reload' : 'restart';
  return { kind: 'act', action, slots: meant.map(({ slot }) => slot) };
}

/** A change that would restart an app. */
export interface WatchedChange {
  /** Never empty. */
  readonly files: readonly string[];
  /** From the latest launch to the first of the changes; null where it is not known, or was the other way round. */
  readonly afterLaunchMs: Ms | null;
}

/** The changes in a row that may be the app's own: the files common to all of them, how many there were, and how long after its launch the last came. */
export interface ChangeStreak {
  readonly files: readonly string[];
  readonly count: number;
  readonly afterLaunchMs: Ms | null;
}

/** The circle is seen at this change, which restarts nothing any more. */
const CIRCLE_AT = 6;
/** So soon after a launch hardly anybody has looked at anything yet, let alone written; a runtime that starts on a busy machine needs as long. */
const AT_ONCE_MS: Ms = 2000;
/** What an app does by itself it does at the same time after each launch, and people do not: within so much, */
const SAME_MS: Ms = 500;
/** or such a part of it. */
const SAME_PART = 0.25;

/** Counts a change. `circle` is the file that the app writes itself, after each launch anew; null while there may be none. */
export function countChange(
  before: ChangeStreak | null,
  change: WatchedChange,
): { readonly streak: ChangeStreak; readonly circle: string | null } {
  const { afterLaunchMs } = change;
  const common = before === null ? [] : change.files.filter((file) => before.files.some((other) => isAlike(file, other)));
  const isOwn = before !== null && common.length > 0 && looksOwn(afterLaunchMs, before.afterLaunchMs);
  const streak = isOwn ? { files: common, count: before.count + 1, afterLaunchMs } : { files: change.files, count: 1, afterLaunchMs };
  return { streak, circle: streak.count >= CIRCLE_AT ? streak.files[0]! : null };
}

/** How many restarts a circle has made when it is seen. */
export const CIRCLE_RESTARTS = CIRCLE_AT - 1;

function looksOwn(afterMs: Ms | null, beforeMs: Ms | null): boolean {
  if (afterMs === null) return false;
  if (afterMs <= AT_ONCE_MS) return true;
  return beforeMs !== null && Math.abs(afterMs - beforeMs) <= Math.max(SAME_MS, afterMs * SAME_PART);
}

/** `report-17.json` and `report-18.json` come from the same line of code. */
function isAlike(a: string, b: string): boolean {
  return a.replaceAll(/\d+/g, '#') === b.replaceAll(/\d+/g, '#');
}

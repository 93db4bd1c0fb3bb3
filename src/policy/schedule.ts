// What a schedule does to an app when it is due: restart what serves, start what waits, or leave it. It only says.
import type { ExecMode } from '../model/app-spec.ts';
import type { Goal } from '../model/instance.ts';

/** A slot as the schedule sees it. */
export interface ScheduledSlot {
  readonly slot: number;
  readonly goal: Goal;
  /** Down, and not by a command: it has ended by itself, or has not been started yet. */
  readonly waits: boolean;
  /** It has a process, or is about to have one. */
  readonly isRunning: boolean;
}

/** An app whose schedule is due. */
export interface ScheduledApp {
  readonly autorestart: boolean;
  readonly mode: ExecMode;
  /** Something else is being done to it. */
  readonly isBusy: boolean;
  readonly slots: readonly ScheduledSlot[];
}

/** Why a run is left out. A closed list. `stopped` is what somebody asked for: nothing needs to be said of it. */
export type SkipReason = 'still-running' | 'busy' | 'stopped';

export type RunDecision =
  | { readonly kind: 'run'; readonly action: 'start' | 'restart' | 'reload'; readonly slots: readonly number[] }
  | { readonly kind: 'skip'; readonly reason: SkipReason };

/** A job (`autorestart: false`) is started, and never twice at a time; a server is restarted, in cluster mode without a gap. */
export function decideRun(app: ScheduledApp): RunDecision {
  const meant = app.slots.filter(({ goal, waits }) => goal === 'up' || waits);
  if (meant.length === 0) return { kind: 'skip', reason: 'stopped' };
  if (app.isBusy) return { kind: 'skip', reason: 'busy' };
  if (!app.autorestart) return decideJob(meant);
  const allServe = meant.every(({ isRunning }) => isRunning);
  return { kind: 'run', action: app.mode === 'cluster' && allServe ? 'reload' : 'restart', slots: numbers(meant) };
}

function decideJob(meant: readonly ScheduledSlot[]): RunDecision {
  const idle = meant.filter(({ isRunning }) => !isRunning);
  return idle.length === 0 ? { kind: 'skip', reason: 'still-running' } : { kind: 'run', action: 'start', slots: numbers(idle) };
}

function numbers(slots: readonly ScheduledSlot[]): readonly number[] {
  return slots.map(({ slot }) => slot);
}

// The restart policy: what follows an exit that nobody asked for, and why. Requested exits never come here.
import type { AppSpec } from '../model/app-spec.ts';
import type { Exit, FinishReason, GiveUpReason, RestartHistory } from '../model/instance.ts';
import type { Ms } from '../model/units.ts';
import { backoffDelay } from './backoff.ts';
import { addExit, pruneExits } from './crash-window.ts';

/** The settings the policy reads. */
export type RestartSettings = Pick<
  AppSpec,
  | 'autorestart'
  | 'maxRestarts'
  | 'minUptimeMs'
  | 'restartDelayMs'
  | 'restartWindowMs'
  | 'expBackoffMs'
  | 'expBackoffMaxMs'
  | 'stopExitCodes'
> & {
  /** Another instance, which stood by for that, has its traffic. */
  readonly isCovered: boolean;
};

/**
 * Where nobody misses it there is no hurry: to launch a process keeps the host for some milliseconds and a processor for a tenth of a second, just when the one
 * that has stepped in has to answer what was waiting. Measured on two of them: 42 ms from the kill to that answer without this pause, 23 ms with it.
 */
const COVERED_DELAY_MS: Ms = 100;

/** An exit that nobody asked for, with all that is weighed. `uptimeMs` counts from the launch, `nowMs` is of the monotonic clock. */
export interface UnexpectedExit {
  readonly settings: RestartSettings;
  readonly history: RestartHistory;
  readonly exit: Exit;
  readonly uptimeMs: Ms;
  readonly nowMs: Ms;
}

/** What follows. `history` is what to remember from now on; `crash` of `of` is 0 for a clean exit, which counts in neither rule. */
export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: Ms; readonly crash: number; readonly of: number; readonly history: RestartHistory }
  | { readonly kind: 'finish'; readonly reason: FinishReason; readonly history: RestartHistory }
  | {
      readonly kind: 'give-up';
      readonly reason: GiveUpReason;
      readonly crashes: number;
      readonly spanMs: Ms;
      readonly history: RestartHistory;
    };

/** Decides by the rules of the restart policy, in this order: finish, no restarts allowed, the two give-up rules, restart. */
export function decideRestart(input: UnexpectedExit): RestartDecision {
  const finished = finishReason(input);
  if (finished !== null) return { kind: 'finish', reason: finished, history: input.history };
  const history = countExit(input);
  const gaveUp = giveUpReason(input.settings, history);
  if (gaveUp !== null) return { kind: 'give-up', reason: gaveUp, ...crashesAndSpan(gaveUp, history, input), history };
  return {
    kind: 'restart',
    delayMs: restartDelay(input.settings, history),
    crash: isClean(input) ? 0 : Math.max(history.unstable, history.exitsAtMs.length),
    of: input.settings.maxRestarts,
    history,
  };
}

/** The history of an instance that was never started, or was reset. */
export const EMPTY_HISTORY: RestartHistory = { restarts: 0, unstable: 0, consecutive: 0, unstableSinceMs: null, exitsAtMs: [] };

/** After `errored` the next launch starts afresh: every count of crashes is forgotten, the number of restarts is not. */
export function forgetCrashes(history: RestartHistory): RestartHistory {
  return { ...EMPTY_HISTORY, restarts: history.restarts };
}

/** A healthy run ends the streak and the backoff. The rolling window only ever empties by time. */
export function endStreak(history: RestartHistory): RestartHistory {
  return { ...history, unstable: 0, consecutive: 0, unstableSinceMs: null };
}

function finishReason({ settings, exit }: UnexpectedExit): FinishReason | null {
  if (!settings.autorestart) return 'autorestart-off';
  // A death by signal has no exit code, whatever the number of the signal.
  const code = exit.signal === null ? exit.code : null;
  return code !== null && settings.stopExitCodes.includes(code) ? 'stop-exit-code' : null;
}

function isStable({ settings, uptimeMs }: UnexpectedExit): boolean {
  return uptimeMs >= settings.minUptimeMs;
}

function isClean(input: UnexpectedExit): boolean {
  return isStable(input) && input.exit.code === 0 && input.exit.signal === null;
}

function countExit(input: UnexpectedExit): RestartHistory {
  const { history, nowMs, settings } = input;
  // A run that reached min_uptime ends the streak even where the exit came before the timer that would have said so.
  const before = isStable(input) ? endStreak(history) : history;
  if (isClean(input)) return { ...before, exitsAtMs: pruneExits(before.exitsAtMs, nowMs, settings.restartWindowMs) };
  return {
    ...before,
    consecutive: before.consecutive + 1,
    unstable: isStable(input) ? 0 : before.unstable + 1,
    unstableSinceMs: isStable(input) ? null : (before.unstableSinceMs ?? nowMs),
    exitsAtMs: addExit(before.exitsAtMs, nowMs, settings.restartWindowMs),
  };
}

function giveUpReason(settings: RestartSettings, history: RestartHistory): GiveUpReason | null {
  if (settings.maxRestarts === 0) return 'no-restarts-allowed';
  if (history.unstable >= settings.maxRestarts) return 'unstable-runs';
  return history.exitsAtMs.length >= settings.maxRestarts ? 'exits-in-window' : null;
}

function crashesAndSpan(
  reason: GiveUpReason,
  history: RestartHistory,
  { nowMs, uptimeMs }: UnexpectedExit,
): { crashes: number; spanMs: Ms } {
  const counted = {
    'no-restarts-allowed': { crashes: 1, sinceMs: nowMs },
    'unstable-runs': { crashes: history.unstable, sinceMs: history.unstableSinceMs ?? nowMs },
    'exits-in-window': { crashes: history.exitsAtMs.length, sinceMs: history.exitsAtMs[0] ?? nowMs },
  }[reason];
  // From the first exit to the last; a single crash spans the run that it ended.
  return { crashes: counted.crashes, spanMs: counted.crashes === 1 ? uptimeMs : nowMs - counted.sinceMs };
}

function restartDelay(settings: RestartSettings, history: RestartHistory): Ms {
  const backoffMs = backoffDelay({ baseMs: settings.expBackoffMs, maxMs: settings.expBackoffMaxMs, n: history.consecutive });
  return Math.max(settings.restartDelayMs, backoffMs, settings.isCovered ? COVERED_DELAY_MS : 0);
}

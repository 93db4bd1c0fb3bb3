// The state of one instance as the lifecycle machine holds it: goal, phase and history. No behaviour.
import type { Ms } from './units.ts';

/** What was asked for. */
export type Goal = 'up' | 'down';

/** Why it cannot be known how a child ended. A closed list. */
export type UnknownExit = 'host-died';

/** How a child ended. A death by signal is that signal, never exit code 0; both null where it could not be started, or where it cannot be known. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The uncaught error that ended a Node app, as the preload reported it: `TypeError: Cannot read ...`. */
  readonly error: string | null;
  /** Why the child could not even be started (ENOENT of the interpreter, for example); code and signal are null then. */
  readonly launchError: string | null;
  readonly unknown?: UnknownExit;
}

/** Why an instance was given up. A closed list. */
export type GiveUpReason = 'unstable-runs' | 'exits-in-window' | 'no-restarts-allowed';

/** Why an instance ended without being restarted. A closed list. */
export type FinishReason = 'autorestart-off' | 'stop-exit-code';

/** Where the instance is. Each phase carries only its own data. */
export type Phase =
  | { readonly kind: 'stopped'; readonly finished: FinishReason | null }
  | { readonly kind: 'starting' }
  | { readonly kind: 'online' }
  | { readonly kind: 'draining' }
  /** `notReady`: it did not become ready in time where that is a failure, so that its exit counts as a crash. */
  | { readonly kind: 'stopping'; readonly escalated: boolean; readonly notReady?: true }
  | { readonly kind: 'backoff'; readonly untilMs: Ms }
  /** `retryMs`: it gets a second chance so long after its last exit. */
  | { readonly kind: 'errored'; readonly reason: GiveUpReason; readonly crashes: number; readonly spanMs: Ms; readonly retryMs?: Ms };

export type PhaseKind = Phase['kind'];

/** What the restart policy remembers of earlier runs. */
export interface RestartHistory {
  /** Restarts since the instance was created or reset, of every kind: PM2's ↺. */
  readonly restarts: number;
  /** Consecutive runs shorter than min_uptime. */
  readonly unstable: number;
  /** Consecutive unexpected exits: the n of the doubling backoff. */
  readonly consecutive: number;
  /** Moment of the first exit of the present unstable streak; null when there is none. */
  readonly unstableSinceMs: Ms | null;
  /** Moments of the unexpected exits within the rolling window, oldest first. */
  readonly exitsAtMs: readonly Ms[];
}

/** The one timer an instance may have armed. A late `elapsed` with another token is stale and is ignored. */
export type TimerKind = 'listen' | 'healthy' | 'drain' | 'kill' | 'restart' | 'retry';

/** One slot of an app that should have one child. Moments are of the injected monotonic clock. */
export interface Instance {
  readonly goal: Goal;
  readonly phase: Phase;
  /** Counts launches; facts of an earlier launch carry an older number and are ignored. */
  readonly generation: number;
  /** When the present child was launched; null without a child. */
  readonly startedAtMs: Ms | null;
  /** Reached min_uptime while online in the present run. */
  readonly healthy: boolean;
  readonly timer: { readonly kind: TimerKind; readonly token: number } | null;
  readonly lastToken: number;
  readonly history: RestartHistory;
}

/** A remembered end of a child, for `describe`. Epoch moment. */
export interface Tally {
  readonly at: number;
  readonly exit: Exit;
  readonly uptimeMs: Ms;
  readonly pid: number | null;
}

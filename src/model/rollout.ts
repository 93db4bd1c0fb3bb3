// A rollout as others see it: what it is for, where it is, how it ended. No behaviour.
import type { Ms } from './units.ts';

/** What the rollout is for. A closed list. */
export type RolloutCause = 'reload' | 'config' | 'rollback' | 'scale' | 'memory' | 'liveness' | 'takeover';

/** `join` and before are about the new instance of a slot; `leave`, `drain` and `stop` are about the old one. */
export type RolloutAction = 'start-successor' | 'start' | 'await-ready' | 'bake' | 'join' | 'leave' | 'drain' | 'stop';

/** Why a rollout failed. A closed list. */
export type RolloutFailure =
  | 'cannot-be-started'
  | 'crashed'
  | 'not-ready'
  | 'probe-failed'
  | 'crashed-while-baking'
  | 'rollout-timeout'
  | 'taken-over'
  | 'host-died';

/** Whether the new instance is proven before the old one leaves, and why (not). */
export type Overlap =
  /** Cluster mode: the host holds the sockets. */
  | 'balanced'
  /** Fork mode: the app listens with `reusePort`. */
  | 'shares-port'
  /** Fork mode: it listens on nothing. */
  | 'listens-not'
  /** Fork mode: two cannot listen on its port. The slot is empty in between. */
  | 'none';

/** One slot of a rollout. */
export interface RolloutSlot {
  readonly slot: number;
  /** What is being done, or waits to be done next; null when the slot is through. */
  readonly action: RolloutAction | null;
  /** Whether its turn has come. */
  readonly begun: boolean;
  /** Epoch milliseconds at which `action` began. */
  readonly sinceAt: number | null;
  readonly steps: readonly { readonly action: RolloutAction; readonly tookMs: Ms }[];
}

/** A rollout that runs, or the latest one of an app. */
export interface RolloutState {
  readonly cause: RolloutCause;
  /** Number of the release it brings. */
  readonly release: number;
  readonly overlap: Overlap;
  /** `undoing`: it has failed, and what it had replaced is being put back. */
  readonly phase: 'running' | 'undoing' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly slots: readonly RolloutSlot[];
  readonly failure: FailedRollout | null;
}

export interface FailedRollout {
  readonly reason: RolloutFailure;
  readonly slot: number | null;
  /** The reason with its particulars: `no answer from GET /ready within 2 s`. */
  readonly text: string;
  /** The last lines that the successor wrote to standard error, or where there are none to standard output. */
  readonly lines: readonly string[];
}

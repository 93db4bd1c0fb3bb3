// Executes the plan of replacing one instance. What follows from what is policy/rollout.ts's; here is begun and waited.
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import { planRollout } from '../policy/rollout.ts';
import type { RolloutAction } from '../policy/rollout.ts';
import { isAtRest } from './live.ts';
import type { Live } from './live.ts';

/** After this a successor that is still not ready is given up, whatever its restart policy says. */
const ROLLOUT_TIMEOUT_MS: Ms = 600_000;

export type ReplacementOutcome =
  | { readonly kind: 'replaced'; readonly fresh: Live }
  | { readonly kind: 'failed'; readonly old: Live; readonly reason: string };

/** What a replacement does to the world; the supervisor offers it. */
export interface ReplacementActions {
  /** A new instance in the slot of `old`, started. The lifecycle puts it in rotation once it is ready. */
  createSuccessor(old: Live): Live;
  /** The successor holds the slot from now on. */
  promote(successor: Live, old: Live): void;
  /** Out of rotation, drain, stop, forget. */
  retire(live: Live): void;
  /** Out of rotation, drain, stop, start again in place. */
  restart(live: Live): void;
  /** Whether it serves as the old one did. */
  isProven(fresh: Live): boolean;
  ended(outcome: ReplacementOutcome): void;
}

export interface Replacement {
  /** Both names are the same where the slot is replaced in place. */
  readonly old: Live;
  readonly fresh: Live;
  /** Looks again; called after every change of an instance. */
  progress(): void;
  /** Nothing has been taken away yet: the successor goes, the old one stays. Later than that it means nothing. */
  fail(reason: string): void;
  /** A command took the slot over: a successor goes, nothing is said. */
  abandon(): void;
}

/** Begins to replace `old`: with a successor beside it where `overlap`, else in place. */
export function startReplacement(
  old: Live,
  { overlap, clock, actions }: { overlap: boolean; clock: Clock; actions: ReplacementActions },
): Replacement {
  const steps = planRollout({ slots: [old.slot], parallel: 1, overlap }).map((step) => step.action);
  const generation = old.machine.generation;
  let fresh = old;
  let at = -1;
  let isOver = false;
  const cancelDeadline = clock.setTimer(ROLLOUT_TIMEOUT_MS, () => fail('its successor was not ready in time'));

  function begin(action: RolloutAction): void {
    if (action === 'start-successor') fresh = actions.createSuccessor(old);
    if (action === 'join' && overlap) actions.promote(fresh, old);
    if (action === 'leave') (overlap ? actions.retire : actions.restart)(old);
  }

  function isDone(action: RolloutAction): boolean {
    switch (action) {
      case 'start-successor':
      case 'join':
      case 'leave':
        return true;
      case 'drain':
        return old.machine.phase.kind !== 'draining';
      case 'stop':
        return overlap ? isAtRest(old) : old.machine.generation > generation || isAtRest(old);
      case 'start':
        return old.machine.generation > generation;
      case 'await-ready':
        return actions.isProven(fresh);
      default:
        return action satisfies never;
    }
  }

  function end(): boolean {
    const isFirst = !isOver;
    isOver = true;
    cancelDeadline();
    return isFirst;
  }

  function fail(reason: string): void {
    const mayFail = !overlap || steps.indexOf('leave') > at;
    if (!mayFail || !end()) return;
    if (overlap) actions.retire(fresh);
    actions.ended({ kind: 'failed', old, reason });
  }

  function progress(): void {
    if (!isOver && fresh.machine.phase.kind === 'errored') fail('it crashed again and again');
    while (!isOver && isDone(steps[at]!)) advance();
  }

  function advance(): void {
    at += 1;
    if (at < steps.length) begin(steps[at]!);
    else if (end()) actions.ended({ kind: 'replaced', fresh });
  }

  advance();
  return {
    old,
    get fresh() {
      return fresh;
    },
    progress,
    fail,
    abandon() {
      if (end() && overlap && fresh.role === 'successor') actions.retire(fresh);
    },
  };
}

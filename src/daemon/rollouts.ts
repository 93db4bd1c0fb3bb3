// What can be said of a rollout as its host reports it. Pure.
import type { RolloutCause, RolloutState } from '../model/rollout.ts';

/** Whether it still goes on, forwards or back. */
export function isUnderWay({ phase }: Pick<RolloutState, 'phase'>): boolean {
  return phase === 'running' || phase === 'undoing';
}

/** The action that asks for such a rollout. */
export function actionOf(cause: RolloutCause): string {
  return cause === 'config' ? 'apply' : cause;
}

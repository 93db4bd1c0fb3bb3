// The error that a failed operation is for programs that only want to know whether it succeeded.
import { HoldfastError } from '../model/errors.ts';
import type { OperationView } from '../model/view.ts';

/** What a caller takes for no failure: `crashes` are apps that were started and did not come up. */
export type Bears = 'nothing' | 'crashes';

/** OPERATION_FAILED with the first reason there is; null where it has not failed. */
export function failureOf(operation: OperationView, bears: Bears = 'nothing'): HoldfastError | null {
  const reason = reasonOf(operation, bears);
  if (reason === null) return null;
  const message = reason.startsWith('Cannot ') ? reason : `Cannot ${operation.action}: ${reason.replace(/\.?$/, '.')}`;
  return new HoldfastError('OPERATION_FAILED', message, { hint: 'holdfast ls' });
}

function reasonOf({ state, error, rollouts, outcomes }: OperationView, bears: Bears): string | null {
  if (state !== 'failed') return null;
  if (error !== null) return error;
  const rollout = rollouts.find((one) => one.rollout.failure !== null);
  if (rollout !== undefined) return `${rollout.app}: ${rollout.rollout.failure!.text}; the old version goes on`;
  const missed = outcomes.find(({ ok }) => !ok);
  return bears === 'crashes' || missed === undefined ? null : `${missed.app}:${missed.slot}: ${missed.text}`;
}

// An operation from its request to its end, for programs that want to know only how it ended.
import type { OperationRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import type { OperationView } from '../model/view.ts';
import type { Client } from './client.ts';

/** Asks, and resolves to the operation in its final state, done or failed. Rejects where that cannot be known: the daemon goes on with it. */
export async function complete(client: Pick<Client, 'operate' | 'watch'>, request: OperationRequest): Promise<OperationView> {
  return watchToEnd(client, await client.operate(request));
}

/** The same for one that was asked for already. Rejects with the signal's reason when it is aborted before the end. */
export async function watchToEnd(client: Pick<Client, 'watch'>, asked: OperationView, signal?: AbortSignal): Promise<OperationView> {
  if (asked.state !== 'running') return asked;
  for await (const update of client.watch(asked.id, signal)) {
    if (update.type === 'operation' && update.operation.state !== 'running') return update.operation;
  }
  signal?.throwIfAborted();
  throw lostSightOf(asked);
}

/** The error for an operation whose end cannot be known. */
export function lostSightOf({ action }: OperationView): HoldfastError {
  return new HoldfastError('DAEMON_UNREACHABLE', `Cannot tell how ${action} ended: the daemon closed the connection.`, {
    hint: 'holdfast ls',
  });
}

// An operation from its request to its end, for programs that want to know only how it ended.
import type { OperationRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import type { OperationView } from '../model/view.ts';
import type { Client } from './client.ts';

/** Asks, and resolves to the operation in its final state, done or failed. Rejects where that cannot be known: the daemon goes on with it. */
export async function complete(client: Pick<Client, 'operate' | 'watch'>, request: OperationRequest): Promise<OperationView> {
  const asked = await client.operate(request);
  if (asked.state !== 'running') return asked;
  for await (const update of client.watch(asked.id)) {
    if (update.type === 'operation' && update.operation.state !== 'running') return update.operation;
  }
  throw new HoldfastError('DAEMON_UNREACHABLE', `Cannot tell how ${request.action} ended: the daemon closed the connection.`, {
    hint: 'holdfast ls',
  });
}

// An operation as a value of a program: awaited for its end, iterated for its progress.
import type { OperationRequest } from '../model/api.ts';
import type { OperationView } from '../model/view.ts';
import type { Client } from './client.ts';
import { lostSightOf, watchToEnd } from './complete.ts';
import { failureOf } from './failure.ts';
import { tell } from './tell.ts';
import type { ToldEvent } from './tell.ts';

/** What happens on the way, and the operation as it goes; the last one carries it in its final state. */
export type Progress =
  | { readonly type: 'event'; readonly event: ToldEvent }
  | { readonly type: 'operation'; readonly operation: OperationView };

/** Awaited, it gives the operation when it is done, and rejects with OPERATION_FAILED when it failed. Iterated, it gives its updates, and then throws the same. */
export type Operation = Promise<OperationView> & AsyncIterable<Progress>;

/** Asks at once, and once. A signal that is aborted ends the waiting, with its reason, and the iteration, quietly; the daemon goes on with the operation. */
export function createOperation(
  client: Pick<Client, 'operate' | 'watch'>,
  request: OperationRequest | Promise<OperationRequest>,
  signal?: AbortSignal,
): Operation {
  const asked = ask(client, request);
  const done = asked.then(async (operation) => doneOrThrow(await watchToEnd(client, operation, signal)));
  return Object.assign(done, {
    [Symbol.asyncIterator]: () => {
      // Who iterates hears of the failure there.
      done.catch(() => {});
      return updatesOf(client, asked, signal);
    },
  });
}

async function ask(client: Pick<Client, 'operate'>, request: OperationRequest | Promise<OperationRequest>): Promise<OperationView> {
  return client.operate(await request);
}

async function* updatesOf(
  client: Pick<Client, 'watch'>,
  asked: Promise<OperationView>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Progress, void> {
  let latest = await asked;
  if (latest.state !== 'running') yield { type: 'operation', operation: latest };
  else
    for await (const update of client.watch(latest.id, signal)) {
      if (update.type === 'operation') latest = update.operation;
      yield update.type === 'event' ? { type: 'event', event: tell(update.event) } : update;
    }
  if (latest.state === 'running' && signal?.aborted !== true) throw lostSightOf(latest);
  doneOrThrow(latest);
}

function doneOrThrow(operation: OperationView): OperationView {
  const failure = failureOf(operation);
  if (failure !== null) throw failure;
  return operation;
}

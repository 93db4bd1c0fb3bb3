// POST /v1/operations, GET /v1/operations/:id and its stream.
import type { ServerResponse } from 'node:http';
import { operationRequestSchema } from '../../../model/api.ts';
import { HoldfastError } from '../../../model/errors.ts';
import type { OperationUpdate } from '../../../model/view.ts';
import { decodeJson, decodeQuery } from '../decode.ts';
import { sendError, sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';
import { openStream } from '../stream.ts';

/** Begins an operation and answers at once. */
export function beginOperation({ services, search, body }: ApiRequest, response: ServerResponse): void {
  decodeQuery(search, {});
  sendJson(response, 202, services.operations.submit(decodeJson(operationRequestSchema, body)));
}

/** An operation as it is now. */
export function showOperation({ services, search, parameters }: ApiRequest, response: ServerResponse): void {
  decodeQuery(search, {});
  const view = services.operations.get(parameters['id']!);
  if (view === null) return unknownOperation(response, parameters['id']!);
  sendJson(response, 200, view);
}

/** What happens during an operation, until its end. */
export function streamOperation({ services, search, parameters }: ApiRequest, response: ServerResponse): void {
  decodeQuery(search, {});
  const id = parameters['id']!;
  if (services.operations.get(id) === null) return unknownOperation(response, id);
  // Events may be left out for a reader who sleeps; the final state counts, and is always sent.
  const stream = openStream(response, () => ({ type: 'operation', operation: services.operations.get(id)! }) satisfies OperationUpdate);
  const stop = services.operations.watch(id, (update) => {
    if (update.type === 'event' || update.operation.state === 'running') return stream.offer(update);
    stream.send(update);
    stream.end();
    response.once('finish', () => services.delivered(id));
  });
  stream.signal.addEventListener('abort', () => stop?.());
}

function unknownOperation(response: ServerResponse, id: string): void {
  sendError(response, new HoldfastError('TARGET_NOT_FOUND', `Cannot show operation ${id}: it is unknown, or ended long ago.`), 404);
}

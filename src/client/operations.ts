// Long actions: started by one request, watched by another.
import type { OperationRequest } from '../model/api.ts';
import { PATHS } from '../model/api-paths.ts';
import type { OperationUpdate, OperationView, RolloutPlansReply } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { requestJson } from './json.ts';
import { requestStream } from './stream.ts';

/** POST /v1/operations. */
export function postOperation(connector: Connector, request: OperationRequest): Promise<OperationView> {
  return requestJson(connector, { method: 'POST', path: PATHS.operations, body: JSON.stringify(request) });
}

/** POST /v1/rollout-plans. */
export function planRollouts(connector: Connector, request: OperationRequest): Promise<RolloutPlansReply> {
  return requestJson(connector, { method: 'POST', path: PATHS.rolloutPlans, body: JSON.stringify(request) });
}

/** GET /v1/operations/:id/stream. */
export function watchOperation(connector: Connector, id: string, signal: AbortSignal | undefined): AsyncIterable<OperationUpdate> {
  return requestStream(connector, {
    path: PATHS.operationStream.replace(':id', encodeURIComponent(id)),
    ...(signal === undefined ? {} : { signal }),
  });
}

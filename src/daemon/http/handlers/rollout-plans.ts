// POST /v1/rollout-plans: what an operation would do.
import type { ServerResponse } from 'node:http';
import { operationRequestSchema } from '../../../model/api.ts';
import { planRollouts } from '../../rollout-plans.ts';
import { decodeJson, decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';

/** Answers with the steps; nothing is begun. */
export function showRolloutPlans({ services, search, body }: ApiRequest, response: ServerResponse): void {
  decodeQuery(search, {});
  sendJson(response, 200, planRollouts(services.context, decodeJson(operationRequestSchema, body)));
}

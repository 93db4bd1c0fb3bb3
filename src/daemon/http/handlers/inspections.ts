// POST /v1/inspections: opens Node's inspector in an instance.
import type { ServerResponse } from 'node:http';
import { inspectionRequestSchema } from '../../../model/api.ts';
import { decodeJson, decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';

/** Answers when it is open. What opens it is loaded by who asks for it first. */
export async function postInspection({ services, search, body }: ApiRequest, response: ServerResponse): Promise<void> {
  decodeQuery(search, {});
  const { target } = decodeJson(inspectionRequestSchema, body);
  const { inspect } = await import('../../inspections.ts');
  sendJson(response, 200, await inspect(services.context, target));
}

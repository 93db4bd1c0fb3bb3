// POST /v1/log-flushes: empties log files.
import type { ServerResponse } from 'node:http';
import { flushRequestSchema } from '../../../model/api.ts';
import { flushLogs } from '../../flush.ts';
import { decodeJson, decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';

/** Answers when they are empty. */
export function flush({ services, search, body }: ApiRequest, response: ServerResponse): void {
  decodeQuery(search, {});
  sendJson(response, 200, flushLogs(services.context, decodeJson(flushRequestSchema, body).targets ?? null));
}

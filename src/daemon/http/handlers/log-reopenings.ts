// POST /v1/log-reopenings: they are reopened.
import type { ServerResponse } from 'node:http';
import { reopenLogs } from '../../reopen-logs.ts';
import { decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';

/** Answers when every host has heard of it. */
export async function reopenLogFiles({ services, search }: ApiRequest, response: ServerResponse): Promise<void> {
  decodeQuery(search, {});
  sendJson(response, 200, await reopenLogs(services.context));
}

// POST /v1/inputs: a line for the standard input of instances.
import type { ServerResponse } from 'node:http';
import { inputRequestSchema } from '../../../model/api.ts';
import { sendInput } from '../../inputs.ts';
import { decodeJson, decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';

/** Answers when it is written. */
export async function postInput({ services, search, body }: ApiRequest, response: ServerResponse): Promise<void> {
  decodeQuery(search, {});
  sendJson(response, 200, await sendInput(services.context, decodeJson(inputRequestSchema, body)));
}

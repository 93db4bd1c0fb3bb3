// POST /v1/profiles: a profile of the daemon itself.
import type { ServerResponse } from 'node:http';
import { profileRequestSchema } from '../../../model/api.ts';
import type { ProfileReply } from '../../../model/view.ts';
import { decodeJson, decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';

/** Answers when it is made; it ends early when the client goes. What makes it is loaded by who asks for it first. */
export async function postProfile({ services, search, body }: ApiRequest, response: ServerResponse): Promise<void> {
  decodeQuery(search, {});
  const request = decodeJson(profileRequestSchema, body);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  // How long may pass in silence is said by the request.
  response.socket?.setTimeout(0);
  const { profileDaemon } = await import('../../profiles.ts');
  const profile = await profileDaemon(services.context, request, gone.signal);
  sendJson(response, 200, { profile } satisfies ProfileReply);
}

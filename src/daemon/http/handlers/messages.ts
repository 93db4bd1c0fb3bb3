// POST /v1/messages: a message for apps. GET /v1/messages: a stream of what apps say. POST /v1/triggers: an action of apps.
import type { ServerResponse } from 'node:http';
import { messageRequestSchema, triggerRequestSchema } from '../../../model/api.ts';
import type { AppMessageUpdate } from '../../../model/view.ts';
import { sendMessage, trigger } from '../../app-messages.ts';
import { decodeJson, decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';
import { openStream } from '../stream.ts';

/** Answers when it was sent. */
export async function postMessage({ services, search, body }: ApiRequest, response: ServerResponse): Promise<void> {
  decodeQuery(search, {});
  sendJson(response, 200, await sendMessage(services.context, decodeJson(messageRequestSchema, body)));
}

/** Answers when every instance has, or was waited for long enough. */
export async function postTrigger({ services, search, body }: ApiRequest, response: ServerResponse): Promise<void> {
  decodeQuery(search, {});
  const request = decodeJson(triggerRequestSchema, body);
  // How long may pass in silence is said by the request.
  response.socket?.setTimeout(0);
  sendJson(response, 200, await trigger(services.context, request));
}

/** All that apps say from now on, until the reader goes. */
export function streamMessages({ services, search }: ApiRequest, response: ServerResponse): void {
  decodeQuery(search, {});
  const stream = openStream(response, (count): AppMessageUpdate => ({ type: 'left-out', count }));
  const end = services.messages.follow((messages, dropped) => {
    if (dropped > 0) stream.leaveOut(dropped);
    for (const message of messages) stream.offer({ type: 'message', message } satisfies AppMessageUpdate);
  });
  stream.signal.addEventListener('abort', end, { once: true });
}

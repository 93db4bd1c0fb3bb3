// Messages for apps, what apps say, and the actions that they do when told to.
import type { MessageRequest, TriggerRequest } from '../model/api.ts';
import { PATHS } from '../model/api-paths.ts';
import type { Ms } from '../model/units.ts';
import type { AppMessageUpdate, MessageReply, TriggerReply } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { requestJson } from './json.ts';
import { requestStream } from './stream.ts';

/** `opened` is called when the stream is open: what apps say from then on is in it. */
export interface MessagesQuery {
  readonly signal?: AbortSignal;
  readonly opened?: () => void;
}

/** GET /v1/messages. */
export function streamMessages(connector: Connector, query: MessagesQuery): AsyncIterable<AppMessageUpdate> {
  return requestStream(connector, { path: PATHS.messages, ...query });
}

/** POST /v1/messages. */
export function postMessage(connector: Connector, request: MessageRequest): Promise<MessageReply> {
  return requestJson(connector, { method: 'POST', path: PATHS.messages, body: JSON.stringify(request) });
}

/** How long the daemon waits for answers where nothing is said. */
const ACTION_MS: Ms = 30_000;

/** POST /v1/triggers. */
export function postTrigger(connector: Connector, request: TriggerRequest): Promise<TriggerReply> {
  const body = JSON.stringify(request);
  return requestJson(connector, { method: 'POST', path: PATHS.triggers, body }, request.timeoutMs ?? ACTION_MS);
}

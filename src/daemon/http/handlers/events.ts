// GET /v1/events: what happens, as data.
import type { ServerResponse } from 'node:http';
import type { HoldfastEvent } from '../../../model/event.ts';
import { decodeQuery } from '../decode.ts';
import type { ApiRequest } from '../route.ts';
import { openStream } from '../stream.ts';

/** The last ones that are remembered, and with `follow` all that come until the reader goes. */
export function streamEvents({ services, search }: ApiRequest, response: ServerResponse): void {
  const { last, follow } = decodeQuery(search, { last: 'count', follow: 'flag' });
  const { clock, events } = services.context;
  const leftOut = (count: number): HoldfastEvent => ({ kind: 'left-out', count, at: clock.epochMs(), app: null, slot: null });
  const stream = openStream(response, leftOut);
  const recent = events.recent();
  for (const event of recent.slice(Math.max(0, recent.length - (last ?? recent.length)))) stream.offer(event);
  if (!follow) return stream.end();
  const end = events.subscribe((event) => stream.offer(event));
  stream.signal.addEventListener('abort', end, { once: true });
}

// What happens, as data and as it happens.
import { PATHS } from '../model/api-paths.ts';
import type { HoldfastEvent } from '../model/event.ts';
import type { Connector } from './connect.ts';
import { withQuery } from './query.ts';
import { requestStream } from './stream.ts';

/** `last` is how many of the remembered ones come first (all). `opened` is called when the stream is open: what happens from then on is in it. */
export interface EventsQuery {
  readonly last?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  readonly opened?: () => void;
}

/** GET /v1/events. */
export function streamEvents(connector: Connector, { last, follow, ...request }: EventsQuery): AsyncIterable<HoldfastEvent> {
  const search = new URLSearchParams();
  if (last !== undefined) search.set('last', String(last));
  if (follow === true) search.set('follow', '1');
  return requestStream(connector, { path: withQuery(PATHS.events, search), ...request });
}

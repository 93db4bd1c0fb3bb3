// Log lines and events of the manager, as one stream.
import { PATHS } from '../model/api-paths.ts';
import type { LogEntry } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { targetQuery, withQuery } from './query.ts';
import { requestStream } from './stream.ts';

/** `lines` are the last ones of each app; no target means all apps and the manager's own events. */
export interface LogsQuery {
  readonly targets?: readonly string[];
  readonly lines?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** GET /v1/logs. */
export function streamLogs(connector: Connector, query: LogsQuery): AsyncIterable<LogEntry> {
  const search = targetQuery(query.targets);
  if (query.lines !== undefined) search.set('lines', String(query.lines));
  if (query.follow === true) search.set('follow', '1');
  const path = withQuery(PATHS.logs, search);
  return requestStream(connector, { path, ...(query.signal === undefined ? {} : { signal: query.signal }) });
}

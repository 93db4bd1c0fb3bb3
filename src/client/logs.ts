// Log lines and events of the manager as one stream, or where to read them.
import type { FlushRequest } from '../model/api.ts';
import { PATHS } from '../model/api-paths.ts';
import type { FlushReply, LogEntry, LogSourceUpdate, ReopenReply } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { requestJson } from './json.ts';
import { targetQuery, withQuery } from './query.ts';
import { requestStream } from './stream.ts';
import type { StreamRequest } from './stream.ts';

/** `lines` are the last ones of each app; no target means all apps and the manager's own events. */
export interface LogsQuery {
  readonly targets?: readonly string[];
  readonly lines?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  /** Called when the stream is open. */
  readonly opened?: () => void;
}

/** POST /v1/log-reopenings: all are opened anew. */
export function reopenLogs(connector: Connector): Promise<ReopenReply> {
  return requestJson(connector, { method: 'POST', path: PATHS.logReopenings });
}

/** GET /v1/logs. */
export function streamLogs(connector: Connector, query: LogsQuery): AsyncIterable<LogEntry> {
  return requestStream(connector, requestOf(PATHS.logs, query));
}

/** GET /v1/log-sources. */
export function streamLogSources(connector: Connector, query: LogsQuery): AsyncIterable<LogSourceUpdate> {
  return requestStream(connector, requestOf(PATHS.logSources, query));
}

/** POST /v1/log-flushes. */
export function flushLogs(connector: Connector, request: FlushRequest): Promise<FlushReply> {
  return requestJson(connector, { method: 'POST', path: PATHS.logFlushes, body: JSON.stringify(request) });
}

function requestOf(path: string, query: LogsQuery): StreamRequest {
  const { signal, opened } = query;
  const search = targetQuery(query.targets);
  if (query.lines !== undefined) search.set('lines', String(query.lines));
  if (query.follow === true) search.set('follow', '1');
  return { path: withQuery(path, search), ...(signal === undefined ? {} : { signal }), ...(opened === undefined ? {} : { opened }) };
}

// GET /v1/logs: a stream of log entries. GET /v1/log-sources: where to read them, and what is in no file.
import type { ServerResponse } from 'node:http';
import type { LogEntry, LogSourceUpdate } from '../../../model/view.ts';
import { chooseSlots, readSources } from '../../log-sources.ts';
import { readLogs } from '../../logs.ts';
import { decodeQuery } from '../decode.ts';
import type { ApiRequest } from '../route.ts';
import { openStream } from '../stream.ts';

/** PM2's default for `logs`. */
const DEFAULT_LINES = 15;

/** The last lines, and with `follow` all that come until the reader goes. */
export async function streamLogs({ services, search }: ApiRequest, response: ServerResponse): Promise<void> {
  const { target, lines, follow } = decodeQuery(search, { target: 'list', lines: 'count', follow: 'flag' });
  const { context, hub } = services;
  const targets = target.length === 0 ? null : target;
  const chosen = chooseSlots(context, targets);
  const stream = openStream(response, (count) => leftOut(count, context.clock.epochMs()));
  const to = { entry: (entry: LogEntry) => stream.offer(entry), missed: (count: number) => stream.leaveOut(count) };
  await readLogs({ context, hub }, { targets, chosen, lines: lines ?? DEFAULT_LINES, follow }, { to, signal: stream.signal });
  stream.end();
}

/** The files, and with `follow` their changes and what they do not tell, until the reader goes. */
export async function streamLogSources({ services, search }: ApiRequest, response: ServerResponse): Promise<void> {
  const { target, lines, follow } = decodeQuery(search, { target: 'list', lines: 'count', follow: 'flag' });
  const { context, hub } = services;
  const targets = target.length === 0 ? null : target;
  // Refused before the reply begins.
  chooseSlots(context, targets);
  const update = (entry: LogEntry): LogSourceUpdate => ({ type: 'entry', entry });
  const stream = openStream(response, (count) => update(leftOut(count, context.clock.epochMs())));
  const to = {
    files: (files: LogSourceUpdate) => stream.send(files),
    entry: (entry: LogEntry) => stream.offer(update(entry)),
    missed: (count: number) => stream.leaveOut(count),
  };
  await readSources({ context, hub }, { targets, lines: lines ?? DEFAULT_LINES, follow }, { to, signal: stream.signal });
  stream.end();
}

function leftOut(count: number, at: number): LogEntry {
  const text = `${count} ${count === 1 ? 'line was' : 'lines were'} left out here: the reader is too slow. The log files have them all.`;
  return { at, app: null, slot: null, id: null, stream: 'event', level: 'warn', text };
}

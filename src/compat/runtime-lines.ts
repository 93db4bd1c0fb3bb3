// Lines as PM2's pm2-runtime prints them, for whoever collects them with a parser made for it. Pure.
import type { LogEntry } from '../model/view.ts';

/** With --json: `{"message":"...","timestamp":"...","type":"out","process_id":0,"app_name":"api"}`. Events have `type` process_event and a `level`. */
export function printJsonLine(entry: LogEntry): string {
  const { text: message, app, id, stream, level } = entry;
  const timestamp = momentOf(entry).toISOString();
  if (stream !== 'event') return JSON.stringify({ message, timestamp, type: stream, process_id: id, app_name: app });
  return JSON.stringify({ message, timestamp, type: 'process_event', level, app_name: app, instance: entry.slot });
}

/** With --format: `timestamp=2026-11-29-08:28:16+0000 app=api id=0 type=out message=...`. */
export function printKeyValueLine(entry: LogEntry): string {
  const [, day, time] = /^(.{10})T(.{8})/.exec(momentOf(entry).toISOString())!;
  const types = { out: 'out', err: 'error', event: 'process_event' };
  const app = entry.app === null ? '' : ` app=${entry.app}`;
  const id = entry.id === null ? '' : ` id=${entry.id}`;
  return `timestamp=${day}-${time}+0000${app}${id} type=${types[entry.stream]} message=${entry.text}`;
}

function momentOf({ at }: LogEntry): Date {
  return new Date(at ?? 0);
}

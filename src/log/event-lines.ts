// The lines of the manager's own log, daemon.log: an event each, among what its processes wrote when they failed.

import type { EventLevel } from '../model/event.ts';

/** An event as it was printed. */
export interface EventLine {
  readonly at: number;
  readonly app: string | null;
  readonly slot: number | null;
  readonly level: EventLevel;
  readonly text: string;
}

/** `info` is not printed. */
const EVENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?:(warn|error|alert) )?(?:Holdfast (.*)|App \[(.*))$/;

/** The line as an event; null for one that is none, or is of an app that is not among `names` (longest first: one may begin like another). */
export function parseEventLine(line: string, names: readonly string[]): EventLine | null {
  const match = EVENT.exec(line);
  if (match === null) return null;
  const at = Date.parse(match[1]!);
  const level = (match[2] as EventLevel | undefined) ?? 'info';
  if (match[3] !== undefined) return { at, app: null, slot: null, level, text: match[3] };
  const rest = match[4]!;
  for (const app of names) {
    const tail = rest.startsWith(app) ? /^(?::(\d+))?\] (.*)$/.exec(rest.slice(app.length)) : null;
    if (tail !== null) return { at, app, slot: tail[1] === undefined ? null : Number(tail[1]), level, text: tail[2]! };
  }
  return null;
}

// Log lines and events in the one form in which readers get them.
import { levelOf, printEvent } from '../model/event.ts';
import type { HoldfastEvent } from '../model/event.ts';
import type { LogLine } from '../model/protocol.ts';
import type { LogEntry } from '../model/view.ts';
import type { DaemonContext } from './context.ts';

/** A line of an app. Its level says nothing: programs write anything to either stream. */
export function lineEntry(line: LogLine): LogEntry {
  return { at: line.at, app: line.app, slot: line.slot, id: line.id, stream: line.stream, level: 'info', text: line.text };
}

/** An event of the manager; `withId` adds the id. */
export function eventEntry(event: HoldfastEvent): LogEntry {
  return { at: event.at, app: event.app, slot: event.slot, id: null, stream: 'event', level: levelOf(event), text: printEvent(event) };
}

/** Events know slots; people know ids. */
export function withId(context: DaemonContext, entry: LogEntry): LogEntry {
  if (entry.app === null || entry.slot === null) return entry;
  const app = context.store.get(entry.app) ?? context.departing.get(entry.app);
  return { ...entry, id: app?.slots.find((slot) => slot.slot === entry.slot)?.id ?? null };
}

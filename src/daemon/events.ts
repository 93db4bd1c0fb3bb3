// Published events: written to daemon.log, kept for a while, and passed on to whoever listens.
import { levelOf, printEvent, printSubject } from '../model/event.ts';
import type { EventBody, HoldfastEvent } from '../model/event.ts';

/** How many recent events are kept in memory. */
export const MAX_RECENT = 300;
/** Unwritten text kept while the disk refuses it. */
const MAX_PENDING_BYTES = 1 << 20;

/** Whose event it is; both null for the manager itself. */
export interface Subject {
  readonly app: string | null;
  readonly slot: number | null;
}

/** The one place through which every event goes. */
export interface EventLog {
  /** Something that happened now, here. */
  publish(body: EventBody, subject?: Subject): void;
  /** Something that a host reported, with its own time. */
  record(event: HoldfastEvent): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: HoldfastEvent) => void): () => void;
  /** Oldest first, bounded. */
  recent(): readonly HoldfastEvent[];
  /** Those of them that the file does not have, because the disk refuses it. Oldest first. */
  unwritten(): readonly HoldfastEvent[];
  /** Writes what is pending; false when the disk refused it (it is kept, bounded, for the next time). */
  flush(): boolean;
}

/** `now` is epoch milliseconds; `append` writes to the file, or throws; `trouble` is the last resort when the disk refuses. */
export interface EventLogOptions {
  readonly file: string;
  readonly now: () => number;
  readonly append: (text: string) => void;
  readonly trouble?: (text: string) => void;
}

/** Makes the log. */
export function createEventLog(options: EventLogOptions): EventLog {
  const listeners = new Set<(event: HoldfastEvent) => void>();
  const recent: HoldfastEvent[] = [];
  let pending = '';
  let pendingEvents = 0;
  let isScheduled = false;

  function flush(): boolean {
    isScheduled = false;
    if (pending === '') return true;
    try {
      options.append(pending);
    } catch (error) {
      // A full disk must not stop the manager: the lines wait for better times.
      if (pending.length > MAX_PENDING_BYTES) pending = pending.slice(pending.indexOf('\n', pending.length - MAX_PENDING_BYTES) + 1);
      options.trouble?.(`Cannot write ${options.file}: ${(error as Error).message}.`);
      return false;
    }
    pending = '';
    pendingEvents = 0;
    return true;
  }

  function record(event: HoldfastEvent): void {
    // What the disk refused is tried again with every later event.
    if (!isScheduled) queueMicrotask(flush);
    isScheduled = true;
    pending += `${printLine(event)}\n`;
    pendingEvents += 1;
    recent.push(event);
    if (recent.length > MAX_RECENT) recent.shift();
    for (const listener of listeners) listener(event);
  }

  return {
    publish: (body, subject = { app: null, slot: null }) => record({ ...body, at: options.now(), ...subject }),
    record,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    recent: () => recent,
    unwritten: () => (pendingEvents === 0 ? [] : recent.slice(-pendingEvents)),
    flush,
  };
}

/** One line of daemon.log: `2026-11-22T19:30:00.123Z warn App [name:0] text`, without the level where it is `info`. A text never spans lines, whatever an app's error said. */
export function printLine(event: HoldfastEvent): string {
  const level = levelOf(event);
  return `${new Date(event.at).toISOString()} ${level === 'info' ? '' : `${level} `}${printSubject(event)} ${printEvent(event)}`.replaceAll(
    /[\p{Cc}\u2028\u2029]+/gu,
    ' ',
  );
}

// Reads events back from the end of daemon.log, for those older than what is kept in memory.
import fs from 'node:fs';
import { parseEventLine } from '../log/event-lines.ts';
import type { EventLine } from '../log/event-lines.ts';
import type { HoldfastEvent } from '../model/event.ts';
import type { LogEntry } from '../model/view.ts';
import { eventEntry } from './log-entries.ts';

/** How much of the file's end is looked at. */
const READ_BACK_BYTES = 256 * 1024;

/** The recent events, with older ones read from the file before them. */
export function readHistory(options: {
  readonly file: string;
  readonly recent: readonly HoldfastEvent[];
  readonly apps: readonly string[];
}): readonly LogEntry[] {
  const firstAt = options.recent[0]?.at ?? Number.POSITIVE_INFINITY;
  const names = [...options.apps].sort((a, b) => b.length - a.length);
  const older = readEnd(options.file, READ_BACK_BYTES)
    .split('\n')
    .flatMap((line) => parseEventLine(line, names) ?? [])
    .map(toEntry)
    .filter((entry) => entry.at! < firstAt);
  return [...older, ...options.recent.map(eventEntry)];
}

function toEntry({ at, app, slot, level, text }: EventLine): LogEntry {
  return { at, app, slot, id: null, stream: 'event', level, text };
}

/** What was written last, at most so much of it; empty where there is nothing to read. */
export function readEnd(file: string, limitBytes: number = READ_BACK_BYTES): string {
  let fd: number;
  try {
    fd = fs.openSync(file, 'r');
  } catch {
    // No log yet, or not readable: there is no history to show.
    return '';
  }
  try {
    const size = fs.fstatSync(fd).size;
    const buffer = Buffer.alloc(Math.min(size, limitBytes));
    const read = fs.readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, read);
  } finally {
    fs.closeSync(fd);
  }
}

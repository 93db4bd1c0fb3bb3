// Reads events back from the end of daemon.log, for those older than what is kept in memory.
import fs from 'node:fs';
import type { HoldfastEvent } from '../model/event.ts';
import type { LogEntry } from '../model/view.ts';
import { eventEntry } from './log-entries.ts';

/** How much of the file's end is looked at. */
const READ_BACK_BYTES = 256 * 1024;

/** The recent events, with older ones read from the file before them. The file does not keep levels: those are `info`. */
export function readHistory(options: {
  readonly file: string;
  readonly recent: readonly HoldfastEvent[];
  readonly apps: readonly string[];
}): readonly LogEntry[] {
  const firstAt = options.recent[0]?.at ?? Number.POSITIVE_INFINITY;
  const names = [...options.apps].sort((a, b) => b.length - a.length);
  const older = readEnd(options.file, READ_BACK_BYTES)
    .split('\n')
    .flatMap((line) => parseLine(line, names) ?? [])
    .filter((entry) => entry.at! < firstAt);
  return [...older, ...options.recent.map(eventEntry)];
}

/** The line as an entry; null for a line that is none, or is of an app that is not among `names` (longest first: one may begin like another). */
export function parseLine(line: string, names: readonly string[]): LogEntry | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (Holdfast |App \[)(.*)$/.exec(line);
  if (match === null) return null;
  const at = Date.parse(match[1]!);
  const rest = match[3]!;
  if (match[2] === 'Holdfast ') return { at, app: null, slot: null, id: null, stream: 'event', level: 'info', text: rest };
  for (const app of names) {
    const tail = rest.startsWith(app) ? /^(?::(\d+))?\] (.*)$/.exec(rest.slice(app.length)) : null;
    if (tail !== null)
      return { at, app, slot: tail[1] === undefined ? null : Number(tail[1]), id: null, stream: 'event', level: 'info', text: tail[2]! };
  }
  return null;
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

// What is asked of whoever reads logs, and what it hands out: the command line on one side, `log/reader.ts` on the other.
import type { EventLevel } from './event.ts';
import type { EventFileView, LogEntry, LogFileView } from './view.ts';

/** How serious a line says it is, from the least serious on. */
export const LINE_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LineLevel = (typeof LINE_LEVELS)[number];

/** What is wanted. Null is no limit. */
export interface LogRequest {
  readonly streams: readonly LogEntry['stream'][];
  /** Epoch milliseconds, both included. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly grep: RegExp | null;
  /** At least so serious. */
  readonly level: LineLevel | null;
  /** So many last lines of each app; null for all. */
  readonly lines: number | null;
  /** Whether `follow` comes after `history`. */
  readonly follow: boolean;
}

/** One line of an app or one event, with its bytes as they are, without the newline. */
export interface LogRecord {
  /** Epoch milliseconds; null where neither an index nor the line itself tells. */
  readonly at: number | null;
  readonly app: string | null;
  readonly slot: number | null;
  readonly id: number | null;
  readonly stream: LogEntry['stream'];
  readonly level: EventLevel;
  /** To be used at once: they are part of a larger block. */
  readonly bytes: Uint8Array;
}

/** Reads logs from their files. */
export interface LogReader {
  /** What is there, in the order of its times. */
  history(files: readonly LogFileView[], events: EventFileView): AsyncIterable<readonly LogRecord[]>;
  /** Hands out what has come since `history` began, and what comes. Files that were not in the history are read from their beginning. */
  follow(files: readonly LogFileView[], onRecords: (records: readonly LogRecord[]) => void): void;
  /** What came another way, as a record; null where it is not wanted. */
  select(entry: LogEntry): LogRecord | null;
  close(): Promise<void>;
}

/** `notice` hears what a reader of the logs should know of them. */
export type OpenLogReader = (request: LogRequest, notice: (text: string) => void) => Promise<LogReader>;

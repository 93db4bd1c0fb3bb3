// The chunks of one stream of one instance become lines that carry the time at which they began.
import type { LogLine } from '../model/protocol.ts';
import { createLineSplitter } from './lines.ts';

/** Whose lines these are. */
export interface Subject {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
}

/** Cuts chunks into lines. */
export interface TimedLines {
  /** `at` in epoch milliseconds. */
  push(at: number, chunk: Buffer): void;
  /** Hands out an unfinished last line, if there is one. */
  flush(): void;
}

/** Hands out each line with the time of the chunk in which it began. */
export function createTimedLines(subject: Subject & Pick<LogLine, 'stream'>, onLine: (line: LogLine) => void): TimedLines {
  const { app, slot, id, stream } = subject;
  let beganAt: number | null = null;
  let chunkAt = 0;
  const splitter = createLineSplitter((text) => {
    onLine({ at: beganAt ?? chunkAt, app, slot, id, stream, text });
    beganAt = null;
  });
  return {
    push(at, chunk) {
      chunkAt = at;
      beganAt ??= at;
      splitter.push(chunk);
      beganAt = chunk.at(-1) === 0x0a ? null : (beganAt ?? at);
    },
    flush() {
      splitter.flush();
      beganAt = null;
    },
  };
}

// Where the output of one instance goes: to its files first, then to the ring of its app.
import type { Clock } from '../platform/clock.ts';
import { compileDateFormat } from '../model/date-format.ts';
import { createLinePrefixer } from './prefix.ts';
import type { Source } from './ring.ts';
import type { Subject } from './timed-lines.ts';
import { createLogWriter } from './writer.ts';
import type { LogTrouble, LogWriter } from './writer.ts';

/** Gets the output of instances as it comes: the ring of their app, or standard output. */
export interface LiveOutput {
  /** `at` in epoch milliseconds. The bytes do not change afterwards. */
  push(at: number, source: Source, chunk: Buffer): void;
  /** The stream has ended: an unfinished line is a line. */
  endStream(at: number, source: Source): void;
}

export interface SinkOptions {
  readonly clock: Clock;
  /** Absolute path of this instance's own file (`instanceLogPath`); null stores nothing. Both may name the same file. */
  readonly outFile: string | null;
  readonly errorFile: string | null;
  /** Tokens as in dayjs; null writes the bytes exactly as they come. */
  readonly dateFormat: string | null;
  /** Usually the ring of the app, shared by its instances. */
  readonly ring: LiveOutput;
  readonly subject: Subject;
  readonly onTrouble: (trouble: LogTrouble) => void;
}

/** Takes the output of one instance. It never throws and never waits for a disk or a reader. */
export interface Sink {
  write(stream: 'out' | 'err', chunk: Buffer): void;
  /** Writes to the files what was batched (it is written within about a millisecond anyway). */
  flush(): void;
  /** Goes on in the files that the paths name now. */
  reopen(): void;
  /** Ends unfinished lines in the ring (and in dated files), writes all and closes the files. */
  end(): void;
}

type Lane = { readonly write: (chunk: Buffer) => void; readonly end: () => void };

/** Opens the files of one instance; several sinks may append to the same file. */
export function createSink(options: SinkOptions): Sink {
  const { clock, ring, subject, outFile, errorFile, onTrouble } = options;
  const writers = new Map<string, LogWriter>();
  for (const path of [outFile, errorFile]) {
    if (path !== null && !writers.has(path)) writers.set(path, createLogWriter({ path, clock, onTrouble }));
  }
  const laneTo = (path: string | null): Lane => createLane(path === null ? null : writers.get(path)!, options);
  const lanes = { out: laneTo(outFile), err: laneTo(errorFile) };
  const sources = { out: { ...subject, stream: 'out' }, err: { ...subject, stream: 'err' } } as const;
  return {
    write(stream, chunk) {
      lanes[stream].write(chunk);
      ring.push(clock.epochMs(), sources[stream], chunk);
    },
    flush() {
      for (const writer of writers.values()) writer.flush();
    },
    reopen() {
      for (const writer of writers.values()) writer.reopen();
    },
    end() {
      for (const stream of ['out', 'err'] as const) {
        lanes[stream].end();
        ring.endStream(clock.epochMs(), sources[stream]);
      }
      for (const writer of writers.values()) writer.end();
    },
  };
}

/** The way of one stream to its file: bytes as they are, or with a date before each line. */
function createLane(writer: LogWriter | null, { clock, dateFormat }: SinkOptions): Lane {
  if (writer === null) return { write: () => undefined, end: () => undefined };
  if (dateFormat === null) return { write: (chunk) => writer.write(chunk), end: () => undefined };
  const printDate = compileDateFormat(dateFormat);
  const prefixer = createLinePrefixer();
  return {
    write: (chunk) => writer.write(prefixer.add(chunk, `${printDate(clock.epochMs())}: `)),
    end: () => {
      if (prefixer.unfinished) writer.write(Buffer.from('\n'));
    },
  };
}

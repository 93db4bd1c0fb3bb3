// Where the output of one instance goes: to its files first, then to the ring of its app.
import type { LogRotation } from '../model/app-spec.ts';
import type { Clock } from '../platform/clock.ts';
import type { LogFile, LogFiles } from './files.ts';
import { createLane } from './lane.ts';
import type { LineForm } from './lane.ts';
import type { Source } from './ring.ts';
import type { LogFamily } from './rotate.ts';
import type { Subject } from './timed-lines.ts';
import type { LogTrouble } from './writer.ts';

/** The files of one instance: absolute paths, with its number put in; null stores nothing. Several may be the same. */
export interface SinkPaths {
  readonly out: string | null;
  readonly err: string | null;
  /** Gets both streams, besides. */
  readonly combined: string | null;
}

/** Gets the output of instances as it comes: the ring of their app, or standard output. */
export interface LiveOutput {
  /** `at` in epoch milliseconds. The bytes do not change afterwards. */
  push(at: number, source: Source, chunk: Buffer): void;
  /** The stream has ended: an unfinished line is a line. */
  endStream(at: number, source: Source): void;
}

export interface SinkOptions {
  readonly clock: Clock;
  readonly files: LogFiles;
  readonly paths: SinkPaths;
  readonly form: LineForm;
  readonly rotation: LogRotation;
  readonly family: LogFamily;
  /** Usually the ring of the app, shared by its instances. */
  readonly ring: LiveOutput;
  readonly subject: Subject;
  readonly onTrouble: (trouble: LogTrouble) => void;
  /** True: a file is slower than the app; what can be held back should be. False: go on. */
  readonly onPressure: (isFull: boolean) => void;
}

/** Takes the output of one instance. It never throws and never waits for a disk or a reader. */
export interface Sink {
  write(stream: 'out' | 'err', chunk: Buffer): void;
  /** Whether it asks to be held back now. */
  readonly isFull: boolean;
  /** Nothing more comes: what was held back is written, unfinished lines are lines. */
  end(): void;
}

/** Opens the files of one instance. */
export function createSink(options: SinkOptions): Sink {
  const { clock, form, ring, subject, paths } = options;
  const { files, pressure } = openFiles(options);
  const createWay = (stream: 'out' | 'err') => {
    const source = { ...subject, stream };
    const targets = [...new Set([paths[stream], paths.combined])].flatMap((path) => (path === null ? [] : [files.get(path)!]));
    const pass = (pieces: readonly Buffer[]): void => {
      for (const file of targets) file.write(pieces);
    };
    return { source, lane: targets.length === 0 ? null : createLane({ clock, form, source, pass }) };
  };
  const ways = { out: createWay('out'), err: createWay('err') };
  return {
    write(stream, chunk) {
      const { lane, source } = ways[stream];
      lane?.write(chunk);
      ring.push(clock.epochMs(), source, chunk);
    },
    get isFull() {
      return pressure.full > 0;
    },
    end() {
      pressure.isTold = false;
      for (const { lane, source } of Object.values(ways)) {
        lane?.end();
        ring.endStream(clock.epochMs(), source);
      }
      for (const file of files.values()) file.end();
    },
  };
}

/** How many of the files are full, and whether anybody is to hear of it. */
interface Pressure {
  full: number;
  isTold: boolean;
}

/** Each path once. While any of them is full the instance is held back. */
function openFiles({ files, paths, rotation, family, onTrouble, onPressure }: SinkOptions): {
  readonly files: ReadonlyMap<string, LogFile>;
  readonly pressure: Pressure;
} {
  const opened = new Map<string, LogFile>();
  const pressure: Pressure = { full: 0, isTold: true };
  const take = (isFull: boolean): void => {
    pressure.full += isFull ? 1 : -1;
    if (pressure.isTold && pressure.full === (isFull ? 1 : 0)) onPressure(isFull);
  };
  for (const path of Object.values(paths)) {
    if (path === null || opened.has(path)) continue;
    opened.set(path, files.open({ path, rotation, family, on: { trouble: onTrouble, pressure: take } }));
  }
  return { files: opened, pressure };
}

// The log files that this process writes, one writer each: however many instances share a file, it is put aside once.
import type { LogRotation } from '../model/app-spec.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import { createRetention } from './retention.ts';
import type { Compress, Retention } from './retention.ts';
import type { LogFamily } from './rotate.ts';
import { createLogWriter } from './writer.ts';
import type { LogTrouble, LogWriter } from './writer.ts';

/** How long a process that ends waits for a disk that stands still. */
const FAREWELL_MS: Ms = 1500;

/** What whoever writes to a file is told. */
export interface FileEvents {
  /** Told to one of those who share the file. */
  trouble(trouble: LogTrouble): void;
  pressure(isFull: boolean): void;
}

/** Which file, how it is kept small, and which others it shares its total with. */
export interface FileWish {
  readonly path: string;
  readonly rotation: LogRotation;
  readonly family: LogFamily;
  readonly on: FileEvents;
}

/** One writer's share of a file. */
export interface LogFile {
  /** As `LogWriter.write`. */
  write(pieces: readonly Buffer[]): void;
  /** Nothing more comes. */
  end(): void;
}

/** All log files of this process. */
export interface LogFiles {
  open(wish: FileWish): LogFile;
  /** Each goes on in the file that its path names now. */
  reopen(): void;
  /** Whether nothing is left to be written, or given up. */
  isSettled(): boolean;
  /** Resolves when all that was ended is on its disk, or the disk had its chance. */
  settled(): Promise<void>;
}

interface Shared {
  readonly writer: LogWriter;
  readonly retention: Retention;
  /** When all have ended, the last one stays: it hears how the file ends. */
  readonly sharers: Set<FileEvents>;
  writing: number;
  isFull: boolean;
}

/** `compress` is called for files that were put aside a while ago. */
export function createLogFiles({ clock, compress }: { readonly clock: Clock; readonly compress: Compress }): LogFiles {
  const files = new Map<string, Shared>();
  let whenSettled: (() => void) | null = null;

  function share({ path, rotation, family }: FileWish): Shared {
    const known = files.get(path);
    if (known !== undefined) {
      known.writer.rotateBy(rotation);
      known.retention.keepBy({ rotation, family });
      known.writer.want(true);
      return known;
    }
    const sharers = new Set<FileEvents>();
    const retention = createRetention({ path, clock, compress, keep: { rotation, family } });
    const shared: Shared = {
      sharers,
      retention,
      writing: 0,
      isFull: false,
      writer: createLogWriter({
        path,
        clock,
        rotation,
        on: {
          trouble: (trouble) => [...sharers].at(-1)?.trouble(trouble),
          pressure(isFull) {
            shared.isFull = isFull;
            for (const on of sharers) on.pressure(isFull);
          },
          rotated: () => retention.tidy(),
          closed() {
            files.delete(path);
            if (files.size === 0) whenSettled?.();
          },
        },
      }),
    };
    files.set(path, shared);
    return shared;
  }

  return {
    open(wish) {
      const shared = share(wish);
      const { writer, sharers } = shared;
      if (shared.writing === 0) sharers.clear();
      sharers.add(wish.on);
      shared.writing += 1;
      if (shared.isFull) wish.on.pressure(true);
      return {
        write: (pieces) => writer.write(pieces),
        end() {
          shared.writing -= 1;
          if (shared.writing > 0) sharers.delete(wish.on);
          else writer.want(false);
        },
      };
    },
    reopen() {
      for (const { writer } of files.values()) writer.reopen();
    },
    isSettled: () => files.size === 0,
    async settled() {
      if (files.size > 0) {
        await new Promise<void>((resolve) => {
          const cancel = clock.setTimer(FAREWELL_MS, resolve);
          whenSettled = () => {
            cancel();
            resolve();
          };
        });
      }
    },
  };
}

// What an instance writes while it has no host waits for the next one, but not for ever. What that takes is loaded only then: not one module for all the others.
import type { Bytes } from '../model/units.ts';
import type { OwnReader } from './own-reader.ts';

export interface AwaitedReader {
  /** Nobody reads the output from now on. */
  lost(): void;
  /** The next host does. */
  found(): void;
}

export interface OutputWaiting {
  /** How much of the output waits in this process, because the kernel takes no more. */
  readonly backlog: () => Bytes;
  /** The next host has come too late for this. */
  readonly dropped: (bytes: Bytes) => void;
}

/** Does nothing until `lost` is called. */
export function awaitReader(waiting: OutputWaiting): AwaitedReader {
  let isLost = false;
  let reader: OwnReader | null = null;
  return {
    lost() {
      isLost = true;
      import('./own-reader.ts')
        .then(({ startOwnReader }) => {
          if (isLost) reader ??= startOwnReader(waiting);
        })
        .catch(() => {
          // An upgrade has taken its file away: who fills its output waits until somebody reads it.
        });
    },
    found() {
      isLost = false;
      reader?.end();
      reader = null;
    },
  };
}

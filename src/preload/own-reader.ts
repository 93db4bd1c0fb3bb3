// Reads an instance's own output away where no host comes to read it, so that neither its loop nor its memory suffers from it. It decides when; the reading is a thread's.
import { fstatSync } from 'node:fs';
import type { Bytes, Ms } from '../model/units.ts';
import type { OutputWaiting } from './await-reader.ts';
import { readAway } from './read-away.ts';
import { startThread } from './thread.ts';

/** Most hosts are back in less than one second. */
const PATIENCE_MS: Ms = 5000;
/** So much may wait in the memory of the app until then. */
const MAX_BACKLOG: Bytes = 16 * 2 ** 20;
const LOOK_EVERY_MS: Ms = 100;

export interface OwnReader {
  /** Somebody else reads. */
  end(): void;
}

/** A thread, and from the first moment: an app that writes with `fs.writeSync` may be waiting in it when the time has come. */
export function startOwnReader({ backlog, dropped }: OutputWaiting): OwnReader {
  const count = new BigInt64Array(new SharedArrayBuffer(8));
  const paths = [1, 2].filter(isFifo).map((fd) => `/proc/self/fd/${fd}`);
  const thread = paths.length === 0 ? null : startThread(readAway, { paths, patienceMs: PATIENCE_MS, count });
  const look = setInterval(() => {
    if (backlog() > MAX_BACKLOG) thread?.postMessage('begin');
  }, LOOK_EVERY_MS).unref();
  return {
    end() {
      clearInterval(look);
      thread?.postMessage('end');
      // At once, for the next host may end this process as soon as it has found it.
      const bytes = Number(Atomics.load(count, 0));
      if (bytes > 0) dropped(bytes);
    },
  };
}

/** A plain pipe has broken: nobody waits at it. */
function isFifo(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO();
  } catch {
    return false; // The app has closed it.
  }
}

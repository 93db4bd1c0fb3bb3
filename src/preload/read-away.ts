// What the thread of `own-reader.ts` runs. It is handed over as text: nothing outside of its one function is there.
import type fs from 'node:fs';
import type net from 'node:net';
import type threads from 'node:worker_threads';

export interface ReadAwayData {
  /** FIFOs that this process has open. */
  readonly paths: readonly string[];
  readonly patienceMs: number;
  /** How many bytes were read so far. */
  readonly count: BigInt64Array;
}

/** Reads and forgets what comes through them, after its patience or when told to `begin`, until it is told to `end`. */
export function readAway(load: NodeJS.Require, { paths, patienceMs, count }: ReadAwayData): void {
  const { constants, openSync } = load('node:fs') as typeof fs;
  const { Socket } = load('node:net') as typeof net;
  const parent = (load('node:worker_threads') as typeof threads).parentPort!;
  let readers: net.Socket[] = [];
  const patience = setTimeout(begin, patienceMs);
  parent.on('message', (order: 'begin' | 'end') => (order === 'begin' ? begin() : end()));

  function begin(): void {
    clearTimeout(patience);
    if (readers.length === 0) readers = paths.map(read);
  }

  function read(path: string): net.Socket {
    // Opened anew: on the app's own descriptor this would change how the app writes.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const reader = new Socket({ fd, readable: true, writable: false });
    return reader.on('error', () => {}).on('data', (chunk) => void Atomics.add(count, 0, BigInt(chunk.length)));
  }

  function end(): void {
    clearTimeout(patience);
    for (const reader of readers) reader.destroy();
    parent.close();
  }
}

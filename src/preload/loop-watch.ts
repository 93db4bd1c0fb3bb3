// Says that the event loop turns, and has a thread of its own find out what the app was doing when it no longer does.
import { Worker } from 'node:worker_threads';
import type { Ms } from '../model/units.ts';
import { watchFromOutside } from './watchdog.ts';

export interface LoopWatchOptions {
  readonly everyMs: Ms;
  /** Who is blocked for so long will be killed. */
  readonly limitMs: Ms;
  readonly beat: () => void;
}

/** The stack is taken when so much of the limit has passed: afterwards there is nobody to ask. */
const LOOK_AFTER = 0.7;
/** And it is waited for so long: on a busy machine the thread needs time too. */
const GRACE = 0.25;

export function watchLoop({ everyMs, limitMs, beat }: LoopWatchOptions): void {
  const lastTurn = new BigInt64Array(new SharedArrayBuffer(8));
  const turn = (): void => {
    Atomics.store(lastTurn, 0, process.hrtime.bigint());
    beat();
  };
  setInterval(turn, everyMs).unref();
  turn();
  startWatchdog({ lastTurn, lookAfterMs: limitMs * LOOK_AFTER, graceMs: limitMs * GRACE });
}

/** Neither the app's options nor its preloads: they are not meant for this thread. */
function startWatchdog(workerData: Parameters<typeof watchFromOutside>[1]): void {
  try {
    const source = `(${watchFromOutside.toString()})(require, require('node:worker_threads').workerData)`;
    const worker = new Worker(source, { eval: true, name: 'holdfast', workerData, env: {}, execArgv: [] });
    worker.on('error', () => {});
    worker.unref();
  } catch {
    // No threads here (the permission model, no memory): the block is found all the same, without a stack.
  }
}

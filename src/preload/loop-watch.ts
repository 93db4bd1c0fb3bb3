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
const LOOK_AFTER = 0.8;

export function watchLoop({ everyMs, limitMs, beat }: LoopWatchOptions): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const turn = (): void => {
    Atomics.add(beats, 0, 1);
    beat();
  };
  setInterval(turn, everyMs).unref();
  turn();
  startWatchdog({ beats, lookAfterMs: limitMs * LOOK_AFTER, graceMs: limitMs * (1 - LOOK_AFTER) * 0.5 });
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

// Says that the event loop turns, and has a thread of its own find out what the app was doing when it no longer does.
import type { Ms } from '../model/units.ts';
import { startThread } from './thread.ts';
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
  // Without a thread the block is found all the same, without a stack.
  startThread(watchFromOutside, { lastTurn, lookAfterMs: limitMs * LOOK_AFTER, graceMs: limitMs * GRACE });
}

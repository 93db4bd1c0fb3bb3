// Watches for event loops that have stopped turning: a heartbeat, and one of an app ended at a time. Costs nothing where no limit is set.
import { CMD } from '../model/preload-protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel } from '../platform/clock.ts';
import { isAtRest } from './live.ts';
import type { Live } from './live.ts';

/** So many beats fit into the limit. */
const BEATS = 4;
/** A timer of this process that is later than this says that the process itself stood still: the beats may be waiting unread. */
const LATE_MS: Ms = 100;

export interface LoopWatch {
  /** Its preload is there. */
  begin(live: Live): void;
  beat(live: Live): void;
  end(live: Live): void;
  /** After every message: whose turn it is to be ended. */
  settle(): void;
}

export interface LoopWatchOptions {
  readonly nowMs: () => Ms;
  /** Comes back through the mailbox. */
  readonly later: (delayMs: Ms, act: () => void) => Cancel;
  /** Of its own release; null: not watched. */
  readonly limitOf: (live: Live) => Ms | null;
  readonly hung: (live: Live, how: { readonly forMs: Ms; readonly limitMs: Ms }) => void;
}

interface Watch {
  readonly live: Live;
  readonly generation: number;
  readonly limitMs: Ms;
  lastBeatMs: Ms;
  isBlocked: boolean;
  cancel: Cancel;
}

export function createLoopWatch({ nowMs, later, limitOf, hung }: LoopWatchOptions): LoopWatch {
  const watches = new Map<number, Watch>();
  /** Killed, and not yet back. */
  let reviving: { readonly live: Live; readonly generation: number } | null = null;

  function expect(watch: Watch, delayMs: Ms): void {
    const dueMs = nowMs() + delayMs;
    watch.cancel = later(delayMs, () => {
      if (nowMs() - dueMs > LATE_MS) return expect(watch, watch.limitMs / BEATS);
      watch.isBlocked = true;
    });
  }

  function isBack({ live, generation }: { readonly live: Live; readonly generation: number }): boolean {
    return isAtRest(live) || (live.machine.generation > generation && live.machine.phase.kind !== 'starting');
  }

  return {
    begin(live) {
      const limitMs = limitOf(live);
      if (limitMs !== null) live.run?.child?.sendInternal({ cmd: CMD, act: 'watch-loop', everyMs: limitMs / BEATS, limitMs });
    },
    beat(live) {
      const limitMs = limitOf(live);
      if (limitMs === null) return;
      watches.get(live.key)?.cancel();
      const { generation } = live.machine;
      const watch: Watch = { live, generation, limitMs, lastBeatMs: nowMs(), isBlocked: false, cancel: () => {} };
      watches.set(live.key, watch);
      expect(watch, limitMs);
    },
    end(live) {
      watches.get(live.key)?.cancel();
      watches.delete(live.key);
    },
    settle() {
      if (reviving !== null && isBack(reviving)) reviving = null;
      if (reviving !== null) return;
      const blocked = [...watches.values()].find((watch) => watch.isBlocked);
      if (!blocked) return;
      const { live, generation, limitMs, lastBeatMs } = blocked;
      watches.delete(live.key);
      reviving = { live, generation };
      hung(live, { forMs: nowMs() - lastBeatMs, limitMs });
    },
  };
}

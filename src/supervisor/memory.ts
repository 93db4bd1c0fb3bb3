// Watches the memory of an app's instances against their limit. When that is too much is decided by policy/limits.ts.
import type { AppSpec } from '../model/app-spec.ts';
import type { Bytes, Ms } from '../model/units.ts';
import type { Cancel } from '../platform/clock.ts';
import { UNSAMPLED, stepMemory } from '../policy/limits.ts';
import type { MemoryState } from '../policy/limits.ts';
import type { Live } from './live.ts';
import type { World } from './world.ts';

/** How often the process trees are measured (design: three samples in a row above the limit). */
const SAMPLE_EVERY_MS: Ms = 5000;

export interface MemoryWatch {
  /** Starts or stops the sampling, whichever is due now. Costs nothing where no limit is set or nothing runs. */
  update(): void;
  /** Whether this sample, the latest of several, asks for a replacement. */
  isOver(live: Live, bytes: Bytes, app: { readonly lastReplacedAtMs: Ms | null; readonly replacing: boolean }): boolean;
}

export interface MemoryOptions {
  /** Of the instance's present run. */
  readonly spec: (live: Live) => AppSpec;
  readonly lives: () => readonly Live[];
  readonly world: World;
  /** To be put in the mailbox. */
  readonly measured: (live: Live, bytes: Bytes) => void;
}

export function createMemoryWatch({ spec, lives, world, measured }: MemoryOptions): MemoryWatch {
  // By child: a new child starts a new count.
  const states = new Map<number, MemoryState>();
  let cancel: Cancel | null = null;

  function watched(): readonly { readonly live: Live; readonly pid: number }[] {
    return lives().flatMap((live) => {
      const isWatched = live.role === 'current' && live.run?.process && spec(live).maxMemoryBytes !== null;
      return isWatched ? [{ live, pid: live.run!.process!.pid }] : [];
    });
  }

  function tick(): void {
    cancel = null;
    const now = watched();
    const sizes = world.processes.measure(now.map(({ pid }) => pid));
    for (const pid of states.keys()) if (!now.some((one) => one.pid === pid)) states.delete(pid);
    for (const { live, pid } of now) {
      const size = sizes.get(pid);
      if (size) measured(live, size.rssBytes);
    }
    update();
  }

  function update(): void {
    const isDue = watched().length > 0;
    if (isDue && cancel === null) cancel = world.clock.setTimer(SAMPLE_EVERY_MS, tick);
    if (isDue || cancel === null) return;
    cancel();
    cancel = null;
  }

  return {
    update,
    isOver(live, bytes, app) {
      const pid = live.run?.process?.pid;
      if (pid === undefined) return false;
      const { maxMemoryBytes: limitBytes, minUptimeMs } = spec(live);
      const sample = { bytes, limitBytes, minUptimeMs, nowMs: world.clock.monotonicMs(), ...app };
      const { next, over } = stepMemory(states.get(pid) ?? UNSAMPLED, sample);
      states.set(pid, next);
      return over;
    },
  };
}

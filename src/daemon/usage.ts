// CPU and memory of process trees, measured when somebody asks and the last figures are old. No timers: at rest it costs nothing.
import type { Bytes, Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import { readProcStat } from '../platform/proc-stat.ts';
import { treeOf } from '../platform/process-tree.ts';

/** How long figures are good. */
const FRESH_MS: Ms = 2000;

/** Of one process tree. */
export interface Usage {
  /** Percent of one core since the last sample; since the start of the process where it is the first. */
  readonly cpu: number;
  readonly memory: Bytes;
}

/** A process to measure. `startedAt` is epoch milliseconds, null where it is unknown. */
export interface Measured {
  readonly pid: number;
  readonly startedAt: number | null;
}

interface Sample extends Usage {
  readonly cpuMs: Ms;
  readonly atMs: Ms;
}

/** Remembers the last sample of each process it is asked about. */
export function createUsage(clock: Clock): (processes: readonly Measured[]) => ReadonlyMap<number, Usage> {
  let samples = new Map<number, Sample>();
  return (processes) => {
    const next = new Map<number, Sample>();
    for (const measured of processes) {
      const last = samples.get(measured.pid);
      const isFresh = last !== undefined && clock.monotonicMs() - last.atMs < FRESH_MS;
      next.set(measured.pid, isFresh ? last : sample(measured, last, clock));
    }
    // Pids that nobody asks about any more are forgotten: the number may come back as another process.
    samples = next;
    return next;
  };
}

function sample({ pid, startedAt }: Measured, last: Sample | undefined, clock: Clock): Sample {
  let cpuMs = 0;
  let memory = 0;
  for (const member of treeOf(pid)) {
    const stat = readProcStat(member);
    cpuMs += (stat?.cpuMs ?? 0) + (stat?.reapedCpuMs ?? 0);
    memory += stat?.rssBytes ?? 0;
  }
  const atMs = clock.monotonicMs();
  const sinceMs = last === undefined ? clock.epochMs() - (startedAt ?? clock.epochMs()) : atMs - last.atMs;
  const usedMs = Math.max(0, cpuMs - (last?.cpuMs ?? 0));
  return { cpu: sinceMs > 0 ? Math.round((usedMs / sinceMs) * 1000) / 10 : 0, memory, cpuMs, atMs };
}

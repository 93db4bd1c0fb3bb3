// Processes of apps whose host died: who they are, whether they live, and how they are ended when nobody wants them.
import type { AppSpec } from '../model/app-spec.ts';
import type { InstanceRow, ProcessId } from '../model/protocol.ts';
import { USUAL_STOP_SIGNAL } from '../model/stop-signal.ts';
import type { Ms } from '../model/units.ts';
import { pause } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import { isSameProcess } from '../platform/proc-stat.ts';
import { signalTree } from '../platform/process-tree.ts';
import type { Orphan } from '../policy/reconcile.ts';
import { BLANK_ROW } from './blank-row.ts';

const POLL_MS: Ms = 50;

/** How the processes of an app end of which nobody knows the settings: by the defaults. */
export const USUAL_ENDING: Ending = { stopSignal: USUAL_STOP_SIGNAL, killTimeoutMs: 1600 };

type Ending = Pick<AppSpec, 'stopSignal' | 'killTimeoutMs'>;

/** The processes of these rows that live. */
export function livingInRows(rows: readonly InstanceRow[]): readonly Orphan[] {
  return rows.flatMap(({ slot, id, process }) => (process !== null && isSameProcess(process) ? [{ slot, id, process }] : []));
}

/** Joins what several sources know, without doubles. */
export function joinOrphans(...lists: readonly (readonly Orphan[])[]): readonly Orphan[] {
  const known = new Map(lists.flat().map((orphan) => [`${orphan.process.pid} ${orphan.process.startTime}`, orphan]));
  return [...known.values()].sort((a, b) => a.slot - b.slot);
}

/** All that can be said of a process of which only its identity is left. Its key is negative: no host gives such keys. */
export function rowOfOrphan(app: string, orphan: Orphan): InstanceRow {
  return {
    ...BLANK_ROW,
    app,
    slot: orphan.slot,
    id: orphan.id,
    key: -1 - orphan.process.pid,
    role: 'current',
    goal: 'up',
    phase: { kind: 'online' },
    process: orphan.process,
    createdAt: 0,
  };
}

/** Resolves to whether all of them are gone within `limitMs`. */
export async function waitForEnd(processes: readonly ProcessId[], limitMs: Ms, clock: Clock): Promise<boolean> {
  const endMs = clock.monotonicMs() + limitMs;
  while (processes.some(isSameProcess)) {
    if (clock.monotonicMs() >= endMs) return false;
    await pause(clock, POLL_MS);
  }
  return true;
}

/** The stop signal to each tree, SIGKILL to what is left after `killTimeoutMs`. For processes of apps that no host will take over. */
export async function endOrphans(processes: readonly ProcessId[], { stopSignal, killTimeoutMs }: Ending, clock: Clock): Promise<void> {
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const process of processes) if (isSameProcess(process)) signalTree(process.pid, signal, true);
  };
  signalAll(stopSignal);
  if (!(await waitForEnd(processes, killTimeoutMs, clock))) signalAll('SIGKILL');
}

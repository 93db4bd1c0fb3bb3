// The children of a host together with what descends from them: signalling and looking for them, also when the child itself has ended.
import type { ProcessId } from '../model/protocol.ts';
import { isGroupAlive } from './process-group.ts';
import { sendSignal, signalTree, treeOf } from './process-tree.ts';
import { isSameProcess, startTimeOf } from './proc-stat.ts';

export interface Kin {
  /** A child was launched; `leads` a process group of its own, or has joined the session of this process. */
  launched(pid: number, leads: boolean): void;
  /** Another process launched it and is dead: nobody keeps its number from being given again. */
  adopted(id: ProcessId, leads: boolean): void;
  /** To the child, or (`whole`) to its tree. Of a child that has ended: to what is left. Never throws for the dead, never reaches a number that was reused. */
  signal(pid: number, signal: NodeJS.Signals, whole: boolean): void;
  /** Whether anything is left after the child has ended. Without a group only what it had when it was signalled is known. */
  isAlive(pid: number): boolean;
}

export function createKin(): Kin {
  const leaders = new Set<number>();
  /** As they were when the child was last signalled: afterwards nothing leads from it to them. */
  const trees = new Map<number, readonly ProcessId[]>();

  function signal(pid: number, name: NodeJS.Signals, whole: boolean): void {
    const [self, ...others] = trees.get(pid) ?? [];
    const hasEnded = self !== undefined && !isSameProcess(self);
    if (whole && !hasEnded) trees.set(pid, identify(treeOf(pid)));
    // The kernel keeps the number of a group that has members, so a leader that has ended may still be named; where somebody else has it, no group is left.
    if (!hasEnded || (leaders.has(pid) && !isTaken(pid))) signalTree(pid, name, whole);
    else for (const other of others) if (isSameProcess(other)) sendSignal(other.pid, name);
  }

  function isAlive(pid: number): boolean {
    const left = (leaders.has(pid) && !isTaken(pid) && isGroupAlive(pid)) || (trees.get(pid) ?? []).slice(1).some(isSameProcess);
    if (!left) forget(pid);
    return left;
  }

  /** The number is known to have gone to a stranger. */
  function isTaken(pid: number): boolean {
    const self = trees.get(pid)?.[0];
    return self !== undefined && ![self.startTime, null].includes(startTimeOf(pid));
  }

  function forget(pid: number): void {
    leaders.delete(pid);
    trees.delete(pid);
  }

  return {
    launched(pid, leads) {
      forget(pid);
      if (leads) leaders.add(pid);
    },
    adopted(id, leads) {
      forget(id.pid);
      if (leads) leaders.add(id.pid);
      trees.set(id.pid, [id]);
    },
    signal,
    isAlive,
  };
}

function identify(pids: readonly number[]): ProcessId[] {
  return pids.flatMap((pid) => {
    const startTime = startTimeOf(pid);
    return startTime === null ? [] : [{ pid, startTime }];
  });
}

// Memory and processor time of process trees, measured when asked. It has no timer and no opinion.
import type { Bytes, Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import { listPids, treeOf } from '../platform/process-tree.ts';
import { readProcStat } from '../platform/proc-stat.ts';
import type { ProcStat } from '../platform/proc-stat.ts';

/** A measured tree. */
export interface TreeSample {
  /** Of the clock's monotonic time. */
  readonly atMs: Ms;
  /** Resident memory of all its processes; pages they share count in each. */
  readonly rssBytes: Bytes;
  /** Processor time since their start, of the living and of those they have waited for: it does not fall when a child ends. */
  readonly cpuMs: Ms;
}

export interface Sampler {
  /** Measures the trees below these processes in one pass; processes that do not live are missing in the answer. */
  sampleTrees(pids: readonly number[]): Map<number, TreeSample>;
}

/** Reading a tree costs a file a thread (Node has eleven), a scan of /proc costs one a process. */
const FILES_PER_TREE = 12;

export function createSampler({ clock }: { readonly clock: Clock }): Sampler {
  return {
    sampleTrees(pids) {
      const all = listPids();
      const trees = all.length <= pids.length * FILES_PER_TREE ? treesByScan(all, pids) : treesByWalk(pids);
      const atMs = clock.monotonicMs();
      const samples = new Map<number, TreeSample>();
      for (const [pid, members] of trees) {
        if (members.length > 0) samples.set(pid, { atMs, rssBytes: sum(members, (member) => member.rssBytes), cpuMs: sum(members, cpuOf) });
      }
      return samples;
    },
  };
}

function treesByWalk(pids: readonly number[]): Map<number, ProcStat[]> {
  return new Map(pids.map((pid) => [pid, treeOf(pid).flatMap((member) => readProcStat(member) ?? [])]));
}

function treesByScan(all: readonly number[], pids: readonly number[]): Map<number, ProcStat[]> {
  const stats = new Map<number, ProcStat>();
  for (const pid of all) {
    const stat = readProcStat(pid);
    if (stat !== null) stats.set(pid, stat);
  }
  const children = new Map<number, ProcStat[]>();
  for (const stat of stats.values()) {
    const siblings = children.get(stat.parent);
    if (siblings === undefined) children.set(stat.parent, [stat]);
    else siblings.push(stat);
  }
  return new Map(pids.map((pid) => [pid, descend(stats.get(pid), children)]));
}

function descend(root: ProcStat | undefined, children: ReadonlyMap<number, readonly ProcStat[]>): ProcStat[] {
  if (root === undefined) return [];
  const tree = new Set([root]);
  for (const member of tree) for (const child of children.get(member.pid) ?? []) tree.add(child);
  return [...tree];
}

function cpuOf(stat: ProcStat): Ms {
  return stat.cpuMs + stat.reapedCpuMs;
}

function sum(members: readonly ProcStat[], value: (member: ProcStat) => number): number {
  return members.reduce((total, member) => total + value(member), 0);
}

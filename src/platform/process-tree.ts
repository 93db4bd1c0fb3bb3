// A process and all that descends from it: finding them, and sending all of them one signal.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { errnoOf } from './errno.ts';
import { readProcStat } from './proc-stat.ts';

/** The numbers of all processes /proc shows. */
export function listPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** `pid` first, then its living descendants, parents before their children; empty when `pid` itself does not live. */
export function treeOf(pid: number): number[] {
  if (readProcStat(pid) === null) return [];
  return collect(pid, hasChildrenFiles(pid) ? childrenFromFiles : childrenByScan());
}

/**
 * Sends `signal` to a process and, when `whole`, to its descendants (deepest first) and to everything in the process group that `pid` leads: so
 * children whose own parent has died are reached too. Every process gets it once: a second SIGINT means "at once" to many programs.
 * Not reached are processes that left the group with setsid(2) and whose parent has died. Never throws for the dead.
 * `pid` must be known to be the caller's child (or checked with `isSameProcess`): the kernel reuses numbers.
 */
export function signalTree(pid: number, signal: NodeJS.Signals, whole: boolean): void {
  // kill(2): 0 is the caller's own group and -1 is every process there is.
  if (!Number.isInteger(pid) || pid <= 1) throw new RangeError(`Cannot send ${signal} to process ${pid}: that is no child.`);
  if (!whole) {
    sendSignal(pid, signal);
    return;
  }
  const outsideGroup = treeOf(pid).filter((member) => readProcStat(member)?.group !== pid);
  for (const member of outsideGroup.reverse()) sendSignal(member, signal);
  // One kill(2) for the group is atomic: nothing in it can fork away in between. It also works when `pid`, its leader, has ended.
  sendSignal(-pid, signal);
}

/** Sends one signal, to a process or (negative) to a group; never throws for the dead. The caller knows that the number is still the one it means. */
export function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // ESRCH: it is gone, which is what a signal is sent for. EPERM: it took another user's identity; there is nothing more to try.
    if (errnoOf(error) === 'ESRCH' || errnoOf(error) === 'EPERM') return;
    throw error;
  }
}

function collect(root: number, childrenOf: (pid: number) => readonly number[]): number[] {
  const tree = [root];
  const seen = new Set(tree);
  for (const pid of tree) {
    for (const child of childrenOf(pid)) {
      // A number that was reused while we looked could close a circle.
      if (!seen.has(child)) {
        seen.add(child);
        tree.push(child);
      }
    }
  }
  return tree;
}

/** Older kernels and some containers lack these files (CONFIG_PROC_CHILDREN). */
function hasChildrenFiles(pid: number): boolean {
  return existsSync(`/proc/${pid}/task/${pid}/children`);
}

/** Each thread lists the children it forked (proc(5), /proc/PID/task/TID/children). */
function childrenFromFiles(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => numbersIn(readIfThere(`/proc/${pid}/task/${thread}/children`)));
  } catch {
    return []; // The process has just ended.
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // The thread has just ended.
  }
}

function numbersIn(text: string): number[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

function childrenByScan(): (pid: number) => readonly number[] {
  const children = new Map<number, number[]>();
  for (const pid of listPids()) {
    const parent = readProcStat(pid)?.parent;
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  return (pid) => children.get(pid) ?? [];
}

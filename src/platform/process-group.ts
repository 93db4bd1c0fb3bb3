// Process groups: whether anybody is left in one whose leader has ended.
import { errnoOf } from './errno.ts';
import { listPids } from './process-tree.ts';
import { readProcStat } from './proc-stat.ts';

/**
 * Whether a process of `group` still lives. While one does, the kernel gives the group's number to no new process (setpgid(2), POSIX
 * "process group ID reuse"), so the group may still be signalled. Zombies do not count: in a container nobody may ever reap them.
 */
export function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    // EPERM: somebody is there who took another user's identity.
    return errnoOf(error) === 'EPERM';
  }
  return listPids().some((pid) => readProcStat(pid)?.group === group);
}

// What the cgroup of this process allows it of processor and memory (cgroups(7)), version 2 and 1, whichever is mounted. It reads and decides nothing.
import fs from 'node:fs';
import path from 'node:path';
import type { Bytes } from '../model/units.ts';

/** Null where nothing limits it. */
export interface CgroupLimits {
  /** Processors' worth of time: 1.5 is 150 ms in every 100 ms. */
  readonly cpus: number | null;
  readonly memoryBytes: Bytes | null;
}

/** A hierarchy as it is mounted: `root` is the group that stands at `point`. */
interface Mount {
  readonly version: 1 | 2;
  readonly root: string;
  readonly point: string;
  readonly controllers: readonly string[];
}

/** Version 1 writes "no limit" as the largest multiple of the page size in 63 bits. */
const UNLIMITED_BYTES = 2 ** 62;

/** The tightest limits of the group and of those above it. `root` is where /proc and /sys are, for tests. Nothing that cannot be read limits. */
export function cgroupLimits(root = '/'): CgroupLimits {
  const mounts = readMounts(root);
  const groups = (read(path.join(root, 'proc/self/cgroup')) ?? '').split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const foldersOf = (controller: string, version: 1 | 2): readonly string[] => {
    const named = (list: string): boolean => (version === 2 ? list === '' : list.split(',').includes(controller));
    const group = groups.find((match) => match !== null && named(match[1]!))?.[2];
    const mount = mounts.find((one) => one.version === version && (version === 2 || one.controllers.includes(controller)));
    return group === undefined || mount === undefined ? [] : upwards(root, mount, group);
  };
  return {
    cpus: least([...foldersOf('cpu', 2).map(readCpuMax), ...foldersOf('cpu', 1).map(readQuota)]),
    memoryBytes: least([
      ...foldersOf('memory', 2).map((folder) => readBytes(path.join(folder, 'memory.max'))),
      ...foldersOf('memory', 1).map((folder) => readBytes(path.join(folder, 'memory.limit_in_bytes'))),
    ]),
  };
}

/** proc_pid_mountinfo(5): the fields behind ` - ` are the type, the source and the options, which name the controllers of version 1. */
function readMounts(root: string): readonly Mount[] {
  return (read(path.join(root, 'proc/self/mountinfo')) ?? '').split('\n').flatMap((line) => {
    const [place = '', system = ''] = line.split(' - ');
    const [, , , group = '/', point = '/'] = place.split(' ');
    const [type, , options = ''] = system.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    return [{ version: type === 'cgroup2' ? 2 : 1, root: group, point, controllers: options.split(',') }];
  });
}

/** The folder of the group, then those above it as far as they can be seen. A group outside of what is mounted (no namespace) is the mounted one. */
function upwards(root: string, mount: Mount, group: string): readonly string[] {
  const relative = path.relative(mount.root, group);
  const top = path.join(root, mount.point);
  const folders: string[] = [];
  for (let at = relative.startsWith('..') ? '' : relative; at !== '.' && at !== ''; at = path.dirname(at)) folders.push(path.join(top, at));
  return [...folders, top];
}

/** `50000 100000` or `max 100000`: microseconds of a period. */
function readCpuMax(folder: string): number | null {
  const [quota, period] = (read(path.join(folder, 'cpu.max')) ?? '').trim().split(' ').map(Number);
  return share(quota, period);
}

/** -1 is no limit. */
function readQuota(folder: string): number | null {
  return share(Number(read(path.join(folder, 'cpu.cfs_quota_us'))), Number(read(path.join(folder, 'cpu.cfs_period_us'))));
}

function share(quota = Number.NaN, period = Number.NaN): number | null {
  return quota > 0 && period > 0 ? quota / period : null;
}

function readBytes(file: string): Bytes | null {
  const bytes = Number(read(file) ?? Number.NaN);
  return bytes > 0 && bytes < UNLIMITED_BYTES ? bytes : null;
}

function least(limits: readonly (number | null)[]): number | null {
  const known = limits.filter((limit) => limit !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function read(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null; // Not Linux, not mounted, or the controller is not switched on here.
  }
}

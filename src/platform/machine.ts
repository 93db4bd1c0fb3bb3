// The machine at one moment: processors, memory, network, disks and file systems, as /proc and /sys have them (proc(5)). Linux only.
import { readFileSync, readdirSync, statfsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { FileSystemReading, InterfaceReading, MachineReading } from '../model/machine.ts';
import type { Clock } from './clock.ts';

/** The unit of /proc/diskstats, whatever the disk's own is (Linux: Documentation/block/stat.rst). */
const SECTOR_BYTES = 512;
/** Disks made of memory, or of other disks that are counted themselves. */
const NO_DISK = /^(loop|ram|zram|dm-|md|sr|fd)/;

/** One look at it. `root` is where /proc and /sys are, for tests. */
export function readMachine(clock: Pick<Clock, 'monotonicMs'>, root = '/'): MachineReading {
  return {
    atMs: clock.monotonicMs(),
    processor: readProcessor(root),
    degreesCelsius: readHeat(join(root, 'sys/class/thermal')),
    memory: readMemory(root),
    interfaces: readInterfaces(root),
    disks: readDisks(root),
    fileSystems: readFileSystems(root),
  };
}

/** user, nice, system, idle, iowait, irq, softirq, steal; guests are within user and nice. */
function readProcessor(root: string): MachineReading['processor'] {
  const line = /^cpu +(.*)$/m.exec(read(join(root, 'proc/stat')))?.[1] ?? '';
  const ticks = line.split(' ').slice(0, 8).map(Number);
  const total = sum(ticks);
  const [, , , idle = 0, waiting = 0] = ticks;
  return { busy: total - idle - waiting, total };
}

function readMemory(root: string): MachineReading['memory'] {
  const text = read(join(root, 'proc/meminfo'));
  const bytes = (name: string): number => 1024 * Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return { totalBytes: bytes('MemTotal'), availableBytes: bytes('MemAvailable') };
}

/** Eight columns of what was received (bytes, packets, errs, drop ...), then the same of what was sent. */
function readInterfaces(root: string): InterfaceReading[] {
  const inUse = Object.keys(networkInterfaces());
  const lines = read(join(root, 'proc/net/dev')).split('\n').slice(2);
  return lines.flatMap((line) => {
    const [name = '', counters = ''] = line.split(':').map((part) => part.trim());
    if (!inUse.includes(name)) return [];
    const numbers = counters.split(/\s+/).map(Number);
    const traffic = (at: number): InterfaceReading['sent'] => ({
      bytes: numbers[at]!,
      errors: numbers[at + 2]!,
      dropped: numbers[at + 3]!,
    });
    return [{ name, received: traffic(0), sent: traffic(8) }];
  });
}

/** The third column is the name, the sixth sectors read, the tenth sectors written. Partitions are left out: their disk counts for them. */
function readDisks(root: string): MachineReading['disks'] {
  const disks = list(join(root, 'sys/block')).filter((name) => !NO_DISK.test(name));
  const rows = read(join(root, 'proc/diskstats'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , name]) => disks.includes(name ?? ''));
  const bytes = (column: number): number => SECTOR_BYTES * sum(rows.map((row) => Number(row[column])));
  return { readBytes: bytes(5), writtenBytes: bytes(9) };
}

function readFileSystems(root: string): FileSystemReading[] {
  const mounts = new Map<string, string>();
  for (const line of read(join(root, 'proc/self/mounts')).split('\n')) {
    const [device = '', point = ''] = line.split(' ');
    if (device.startsWith('/dev/') && !mounts.has(device)) mounts.set(device, unescape(point));
  }
  return [...mounts.values()].flatMap(measure);
}

/** In /proc/self/mounts a blank in a path is \040 (proc_pid_mounts(5), getmntent(3)). */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function measure(path: string): FileSystemReading[] {
  try {
    const { blocks, bfree, bavail, bsize } = statfsSync(path);
    return blocks === 0 ? [] : [{ path, sizeBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize, availableBytes: bavail * bsize }];
  } catch {
    return []; // It was unmounted just now, or is not ours to look at.
  }
}

function readHeat(folder: string): number | null {
  const zones = list(folder).filter((name) => name.startsWith('thermal_zone'));
  const degrees = zones.map((zone) => Number(read(join(folder, zone, 'temp')) || Number.NaN) / 1000).filter(Number.isFinite);
  return degrees.length === 0 ? null : Math.max(...degrees);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // Not on every machine, nor in every container; a sensor that is off cannot be read.
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

// What the kernel says of one process (/proc/PID/stat, proc(5)), and who a process is beyond its number.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { ProcessId } from '../model/protocol.ts';
import type { Bytes, Ms } from '../model/units.ts';

/** One living process. */
export interface ProcStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Clock ticks since boot at which it was started; a string, for it may pass 2^53. */
  readonly startTime: string;
  /** Processor time it has used itself. */
  readonly cpuMs: Ms;
  /** Processor time of its children that have ended and were waited for. */
  readonly reapedCpuMs: Ms;
  readonly rssBytes: Bytes;
}

/** USER_HZ: the unit of times in /proc is 1/100 s on every architecture Node runs on (time(7), "The software clock, HZ, and jiffies"). */
const MS_PER_TICK = 10;

/** The name in the line is at most 64 bytes; 52 numbers follow, of at most 20 digits each. */
const statBuffer = Buffer.allocUnsafe(2048);
let pageBytes: Bytes | null = null;

/** The state of a living process; null when there is none of that number or only its zombie is left. */
export function readProcStat(pid: number): ProcStat | null {
  const line = readStatLine(pid);
  if (line === null) return null;
  // The name (field 2) stands in parentheses and may itself contain blanks and parentheses: field 3 begins after the last one.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): string => fields[number - 3] ?? '0';
  if (field(3) === 'Z' || field(3) === 'X') return null;
  return {
    pid,
    parent: Number(field(4)),
    group: Number(field(5)),
    startTime: field(22),
    cpuMs: (Number(field(14)) + Number(field(15))) * MS_PER_TICK,
    reapedCpuMs: (Number(field(16)) + Number(field(17))) * MS_PER_TICK,
    rssBytes: Number(field(24)) * pageSize(),
  };
}

/** The kernel's start time of a living process; null when it does not live. */
export function startTimeOf(pid: number): string | null {
  return readProcStat(pid)?.startTime ?? null;
}

/** Whether that very process still lives: same number and same start time. A zombie does not live. */
export function isSameProcess(id: ProcessId): boolean {
  return startTimeOf(id.pid) === id.startTime;
}

/** Whose rights a living process has; null when there is none of that number. Who owns /proc/PID need not be that user: proc(5), "dumpable". */
export function userOf(pid: number): number | null {
  try {
    const effective = /^Uid:\t\d+\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return effective === undefined ? null : Number(effective);
  } catch {
    return null;
  }
}

/** Whether the two mean the same process. */
export function areOneProcess(a: ProcessId, b: ProcessId): boolean {
  return a.pid === b.pid && a.startTime === b.startTime;
}

/** The process that runs this code. */
export function thisProcess(): ProcessId {
  const startTime = startTimeOf(process.pid);
  if (startTime === null) throw new Error('Cannot read /proc/self/stat: is /proc mounted?');
  return { pid: process.pid, startTime };
}

/** Changes with every boot of the machine (random(4)). Pids and start times mean something only together with it. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function readStatLine(pid: number): string | null {
  let file: number;
  try {
    file = openSync(`/proc/${pid}/stat`, 'r');
  } catch {
    return null; // No such process (or one that /proc hides from us, which is the same to us).
  }
  try {
    return statBuffer.toString('latin1', 0, readSync(file, statBuffer, 0, statBuffer.length, 0));
  } catch {
    return null; // ESRCH: it ended between open and read.
  } finally {
    closeSync(file);
  }
}

/** Node tells no page size. Its `rss()` is this process's page count times that size (libuv: uv_resident_set_memory), so it can be had by division. */
function pageSize(): Bytes {
  if (pageBytes !== null) return pageBytes;
  const pages = Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[1]);
  pageBytes = 2 ** Math.round(Math.log2(process.memoryUsage.rss() / pages));
  return pageBytes;
}

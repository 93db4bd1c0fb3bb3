// The names of an app's log files.

/** Devices, and other processes' descriptors such as /proc/1/fd/1, are written as they are: a number in their name would be another file. */
const DEVICES = /^\/(dev|proc)\//;

/** Whether a path names a device or another process's descriptor, whatever is behind it. */
export function isDevicePath(path: string): boolean {
  return DEVICES.test(path);
}

/** The log file of one instance: `-ID` before `.log` (at the end where there is none), unless instances share one file. Null stores nothing. */
export function instanceLogPath(file: string | null, id: number, merge: boolean): string | null {
  if (file === null || merge || isDevicePath(file)) return file;
  return file.endsWith('.log') ? `${file.slice(0, -'.log'.length)}-${id}.log` : `${file}-${id}`;
}

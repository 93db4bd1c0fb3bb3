// How long something has been up, as PM2 prints it. Pure.
import type { Ms } from './units.ts';

/** `59s`, `2m`, `3h`, `4D`: a unit is used from two of it on, as PM2 does (119 s is `119s`). A dash without an uptime. */
export function printUptime(uptimeMs: Ms | null): string {
  if (uptimeMs === null) return '-';
  const seconds = Math.max(0, Math.floor(uptimeMs / 1000));
  const units = [
    ['D', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const;
  const fitting = units.find(([, size]) => seconds >= 2 * size);
  return fitting === undefined ? `${seconds}s` : `${Math.floor(seconds / fitting[1])}${fitting[0]}`;
}

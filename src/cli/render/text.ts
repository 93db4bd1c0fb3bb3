// Small texts that several pages show: uptimes, moments, counts.
import type { Ms } from '../../model/units.ts';

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

/** `HH:mm:ss` in the local time zone. */
export function printClock(at: number): string {
  const moment = new Date(at);
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(twoDigits).join(':');
}

/** `YYYY-MM-DD HH:mm:ss` in the local time zone. */
export function printMoment(at: number): string {
  const moment = new Date(at);
  return `${moment.getFullYear()}-${twoDigits(moment.getMonth() + 1)}-${twoDigits(moment.getDate())} ${printClock(at)}`;
}

/** `1 instance`, `2 instances`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

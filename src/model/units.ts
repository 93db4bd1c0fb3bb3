// Durations and sizes: how people write them, how programs hold them, how both are printed.

/** Milliseconds. */
export type Ms = number;
/** Bytes. */
export type Bytes = number;

const DURATION_UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Reads `1500`, `"1500"`, `"10s"`, `"1.5 h"`, `"2m"`; a bare number is milliseconds. `undefined` when it is not a duration. */
export function parseDuration(value: string | number): Ms | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value);
  const factor = match && DURATION_UNITS[match[2]!.toLowerCase()];
  return factor ? Math.round(Number(match[1]) * factor) : undefined;
}

/** Reads `1073741824`, `"1G"`, `"1.5 GB"`, `"512m"`, `"300K"`, 1024-based as in PM2. A part of a byte counts as one, so that only 0 is none. `undefined` when it is not a size. */
export function parseSize(value: string | number): Bytes | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? Math.ceil(value) : undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(value);
  const factor = match && SIZE_UNITS[match[2]!.toLowerCase()];
  return factor ? Math.ceil(Number(match[1]) * factor) : undefined;
}

/** Prints a duration in its largest fitting unit: `350 ms`, `48 s`, `2 min`, `3 h`. */
export function printDuration(ms: Ms): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${trim(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** Prints a size with at most three digits, 1024-based: `85 MB`, `1.02 GB`. */
export function printSize(bytes: Bytes): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${trim(value)} ${units[unit]}`;
}

/** `52.3mb`, 1024-based, as PM2 prints a size: scripts read it so. */
export function printCompactSize(bytes: Bytes): string {
  const units = ['b', 'kb', 'mb', 'gb', 'tb'];
  const unit = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** unit).toFixed(1))}${units[unit]}`;
}

function trim(value: number): string {
  return String(Number(value >= 100 ? value.toFixed(0) : value.toPrecision(3)));
}

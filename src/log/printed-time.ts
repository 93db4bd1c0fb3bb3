// The time that a program printed in its line, for lines whose time is not known otherwise. Guesses nothing: what is not clearly a date is none.

/** `2026-11-22 19:30:00`, with or without `T`, `[`, fractions and a zone, at the beginning of a line. */
const LEADING = /^[[(]?(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,3})\d*)?\s?(Z|[+-]\d\d:?\d\d)?/;
/** `"time":1763839800123` (pino), `"timestamp":"2026-..."` (winston, PM2's own), `"ts":1763839800.5` (zap). */
const IN_JSON = /"(?:time|timestamp|@timestamp|ts)"\s*:\s*(?:"([^"]{10,40})"|(\d{10,13}(?:\.\d+)?))/;
/** The beginning of a line is enough to look at. */
const LOOK_AT = 300;

/** Epoch milliseconds; null for a line that says nothing. Without a zone it is the local time of this process. */
export function printedTime(line: string): number | null {
  const start = line.length > LOOK_AT ? line.slice(0, LOOK_AT) : line;
  return start.startsWith('{') ? jsonTime(start) : leadingTime(start);
}

function leadingTime(start: string): number | null {
  const match = LEADING.exec(start);
  if (match === null) return null;
  const [, year, month, day, time, fraction, zone] = match;
  const offset = zone === undefined || zone === 'Z' || zone.includes(':') ? (zone ?? '') : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  return validTime(Date.parse(`${year}-${month}-${day}T${time}.${(fraction ?? '').padEnd(3, '0')}${offset}`));
}

function jsonTime(start: string): number | null {
  const match = IN_JSON.exec(start);
  if (match === null) return null;
  if (match[1] !== undefined) return leadingTime(match[1]);
  const number = Number(match[2]);
  return validTime(number < 1e11 ? number * 1000 : number);
}

function validTime(at: number): number | null {
  return Number.isNaN(at) ? null : at;
}

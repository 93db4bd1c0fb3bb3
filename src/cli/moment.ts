// Moments as people write them on a command line: `10m` ago, a time of today, a date. Pure.
import { parseDuration } from '../model/units.ts';

const TIME_OF_DAY = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/;
/** Date.parse takes anything for a date (`Date.parse('api 1')` is 2001): this is what it is given. */
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?$/;

/** Epoch milliseconds; undefined for what is no moment. `10m` and `2h` are so long before `now`; without a zone it is the local time. A bare number has no unit, and is none. */
export function parseMoment(text: string, now: number): number | undefined {
  const duration = /^\s*[\d.]+\s*$/.test(text) ? undefined : parseDuration(text);
  if (duration !== undefined) return now - duration;
  const time = TIME_OF_DAY.exec(text);
  if (time !== null) return onDayOf(now, time.slice(1).map(Number));
  if (!DATE.test(text)) return undefined;
  // A date alone is UTC to Date.parse (ECMA-262, 21.4.1.32); people mean their own day.
  const at = Date.parse(text.length === 'YYYY-MM-DD'.length ? `${text}T00:00` : text.replace(' ', 'T').replaceAll(' ', ''));
  return Number.isNaN(at) ? undefined : at;
}

function onDayOf(now: number, [hours = 0, minutes = 0, seconds = 0]: readonly (number | undefined)[]): number | undefined {
  if (hours > 23 || minutes > 59 || (seconds || 0) > 59) return undefined;
  return new Date(now).setHours(hours, minutes, seconds || 0, 0);
}

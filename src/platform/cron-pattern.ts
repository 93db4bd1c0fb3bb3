// Cron patterns as a well-kept library reads them. It knows no app and sets no timer.
import { Cron } from 'croner';

/** When something is to be done, again and again. */
export interface Schedule {
  /** Five fields, or six with seconds first. */
  readonly pattern: string;
  /** A name of the IANA database such as `Europe/Berlin`; null for the zone of this machine. */
  readonly timeZone: string | null;
}

/** Why it is none, in words that complete "... is VALUE, "; null when all is well. */
export function scheduleProblem({ pattern, timeZone }: Schedule): { readonly what: 'pattern' | 'timeZone'; readonly why: string } | null {
  if (timeZone !== null && !isTimeZone(timeZone)) return { what: 'timeZone', why: 'which is no time zone' };
  const read = readPattern({ pattern, timeZone });
  if (typeof read === 'string') return { what: 'pattern', why: `which is no cron pattern (${read})` };
  return read.nextRun() === null ? { what: 'pattern', why: 'which is never due' } : null;
}

/** The first moment after `afterMs` (both epoch milliseconds) at which it is due; null when there is none, or it is no schedule. */
export function nextRun(schedule: Schedule, afterMs: number): number | null {
  const read = readPattern(schedule);
  return typeof read === 'string' ? null : (read.nextRun(new Date(afterMs))?.getTime() ?? null);
}

/** The library's reading, or what it says is wrong. It takes a date too, which would be due once. */
function readPattern({ pattern, timeZone }: Schedule): Cron | string {
  try {
    // `1/3`, from the first on every third, is no cron pattern to purists, and one that people have.
    const read = new Cron(pattern, { mode: '5-or-6-parts', sloppyRanges: true, ...(timeZone === null ? {} : { timezone: timeZone }) });
    return read.getPattern() === undefined ? 'it is a date' : read;
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, '');
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

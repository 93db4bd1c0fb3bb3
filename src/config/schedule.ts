// Reads when an app is restarted or run: `cron_restart` with its time zone. Pure.
import type { AppSpec } from '../model/app-spec.ts';
import { scheduleProblem } from '../platform/cron-pattern.ts';
import type { Report } from './report.ts';
import type { Settings } from './schema.ts';

const ACCEPTED = {
  pattern: 'a pattern such as "0 3 * * *", every night at three',
  timeZone: 'a name such as Europe/Berlin',
};

/** Null without one, and after reporting what is wrong with it. */
export function readSchedule(settings: Settings, report: Report): AppSpec['schedule'] {
  const { cron_restart: pattern, cron_timezone: timeZone = null } = settings;
  if (pattern === undefined || pattern === null) {
    if (timeZone !== null) report.note('cron_timezone has no effect without cron_restart', { key: 'cron_timezone' });
    return null;
  }
  const problem = scheduleProblem({ pattern, timeZone });
  if (problem === null) return { pattern, timeZone };
  const [key, found] = problem.what === 'pattern' ? ['cron_restart', pattern] : ['cron_timezone', timeZone ?? ''];
  report.error(`${key} is ${JSON.stringify(found)}, ${problem.why}`, { key, found, accepted: ACCEPTED[problem.what] });
  return null;
}

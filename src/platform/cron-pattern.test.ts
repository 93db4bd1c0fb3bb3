// Schedules: which patterns are taken, when they are due, and what is said of those that are none.
import { describe, expect, it } from 'vitest';
import { nextRun, scheduleProblem } from './cron-pattern.ts';

const at = (text: string): number => new Date(text).getTime();

describe('a schedule', () => {
  it.each([
    { what: 'every night', pattern: '0 3 * * *', timeZone: 'UTC', after: '2026-01-01T03:00:00Z', due: '2026-01-02T03:00:00Z' },
    { what: 'with seconds first', pattern: '*/5 * * * * *', timeZone: 'UTC', after: '2026-01-01T00:00:01Z', due: '2026-01-01T00:00:05Z' },
    {
      what: 'every third hour from one on',
      pattern: '0 1/3 * * *',
      timeZone: 'UTC',
      after: '2026-01-01T01:00:00Z',
      due: '2026-01-01T04:00:00Z',
    },
    {
      what: 'on the last day of the month',
      pattern: '0 0 L * *',
      timeZone: 'UTC',
      after: '2026-02-01T00:00:00Z',
      due: '2026-02-28T00:00:00Z',
    },
    {
      what: 'by the names of days',
      pattern: '30 4 * * MON-FRI',
      timeZone: 'UTC',
      after: '2026-11-27T05:00:00Z',
      due: '2026-11-30T04:30:00Z',
    },
    {
      what: 'in its own time zone',
      pattern: '0 3 * * *',
      timeZone: 'Europe/Berlin',
      after: '2026-01-01T00:00:00Z',
      due: '2026-01-01T02:00:00Z',
    },
    { what: 'in summer time', pattern: '0 3 * * *', timeZone: 'Europe/Berlin', after: '2026-07-01T00:00:00Z', due: '2026-07-01T01:00:00Z' },
    // In that night the clock goes from 02:00 to 03:00.
    {
      what: 'in the hour that the spring takes away',
      pattern: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      after: '2026-03-29T00:00:00Z',
      due: '2026-03-29T01:00:00Z',
    },
  ])('$what', ({ pattern, timeZone, after, due }) => {
    expect(scheduleProblem({ pattern, timeZone })).toBeNull();
    expect(new Date(nextRun({ pattern, timeZone }, at(after))!).toISOString()).toBe(new Date(due).toISOString());
  });

  it.each([
    ['61 * * * *', null, 'pattern'],
    ['every day', null, 'pattern'],
    ['* * *', null, 'pattern'],
    ['2030-01-01T00:00:00', null, 'pattern'],
    ['0 0 30 2 *', null, 'pattern'],
    ['0 3 * * *', 'Berlin', 'timeZone'],
  ])('is not %s in zone %s', (pattern, timeZone, what) => {
    expect(scheduleProblem({ pattern, timeZone })?.what).toBe(what);
  });

  it('that cannot be read is never due', () => {
    expect(nextRun({ pattern: 'no', timeZone: null }, 0)).toBeNull();
  });
});

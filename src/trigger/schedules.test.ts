// When schedules are due, on a clock that the test moves.
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { createSchedules } from './schedules.ts';
import type { Scheduled } from './schedules.ts';

const MIDNIGHT = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

function kit(...given: Scheduled[]) {
  const clock = createManualClock(MIDNIGHT);
  const due: string[] = [];
  let apps = given;
  const schedules = createSchedules({ clock, apps: () => apps, due: (app) => due.push(app) });
  schedules.review();
  return {
    clock,
    schedules,
    due,
    become(...next: Scheduled[]) {
      apps = next;
      schedules.review();
    },
  };
}

const every = (name: string, pattern: string): Scheduled => ({ name, schedule: { pattern, timeZone: 'UTC' }, isWanted: true });

describe('schedules', () => {
  it('are due at their times, and know the next one', () => {
    const { clock, schedules, due } = kit(every('hourly', '0 * * * *'), every('five', '*/5 * * * *'));
    expect(schedules.nextAt('hourly')).toBe(MIDNIGHT + 60 * MINUTE);
    clock.advance(11 * MINUTE);
    expect(due).toEqual(['five', 'five']);
    expect(schedules.nextAt('five')).toBe(MIDNIGHT + 15 * MINUTE);
    clock.advance(49 * MINUTE);
    expect(due.filter((app) => app === 'hourly')).toHaveLength(1);
  });

  it('keep their next time when something else changes', () => {
    const { clock, become, due } = kit(every('five', '*/5 * * * *'));
    clock.advance(4 * MINUTE);
    become(every('five', '*/5 * * * *'), every('other', '0 0 * * *'));
    clock.advance(MINUTE);
    expect(due).toEqual(['five']);
  });

  it('follow a new pattern, and end with the app', () => {
    const { clock, become, due } = kit(every('job', '*/5 * * * *'));
    become(every('job', '*/7 * * * *'));
    clock.advance(6 * MINUTE);
    expect(due).toEqual([]);
    become();
    expect(clock.armed).toBe(0);
  });

  it('have no next time while the app is stopped', () => {
    const { schedules, become, clock } = kit(every('job', '*/5 * * * *'));
    become({ ...every('job', '*/5 * * * *'), isWanted: false });
    expect(schedules.nextAt('job')).toBeNull();
    expect(clock.armed).toBe(0);
  });

  it('that were slept through count once', () => {
    const clock = createManualClock(MIDNIGHT);
    let sleptMs = 0;
    const sleeper = { ...clock, epochMs: () => clock.epochMs() + sleptMs };
    const due: string[] = [];
    const schedules = createSchedules({ clock: sleeper, apps: () => [every('minutely', '* * * * *')], due: (app) => due.push(app) });
    schedules.review();
    sleptMs = 10 * MINUTE;
    clock.advance(MINUTE);
    expect(due).toEqual(['minutely']);
    schedules.stop();
    expect(clock.armed).toBe(0);
  });
});

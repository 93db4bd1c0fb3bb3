// Names that sort by time, and what is none.
import { describe, expect, it } from 'vitest';
import { asideName, isPresent, parseAside } from './aside-name.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 22, 12);

describe('the name of a log file that was put aside', () => {
  it("is pm2-logrotate's, in UTC, and can be read back", () => {
    const name = asideName('api-out-3.log', NOON + 7);
    expect(name).toBe('api-out-3__2026-11-22_12-00-00-007Z.log');
    expect(parseAside(name, 'api-out-3.log')).toEqual({ at: NOON + 7, form: 'plain' });
    expect(parseAside(`${name}.gz`, 'api-out-3.log')).toEqual({ at: NOON + 7, form: 'compressed' });
    expect(parseAside(`${name}.gz.tmp`, 'api-out-3.log')).toEqual({ at: NOON + 7, form: 'partial' });
  });

  it('sorts by time', () => {
    const names = [0, 1, 999, 1000, 61_000, DAY].map((ms) => asideName('a.log', NOON + ms));
    expect(names.toSorted()).toEqual(names);
  });

  it.each(['out.txt', 'plain', '.log', 'a__b.log'])('has a form for %s too', (name) => {
    expect(parseAside(asideName(name, NOON), name)).toEqual({ at: NOON, form: 'plain' });
  });

  it.each([
    'api-out.log',
    'api-out__2026-11-22.log',
    'other__2026-11-22_12-00-00-007Z.log',
    'api-out__2026-99-22_12-00-00-007Z.log',
    'api-out__2026-11-22_12-00-00-007Z.log.bak',
    '',
  ])('is not %j', (name) => expect(parseAside(name, 'api-out.log')).toBeNull());

  it('may have the number of an instance in it where each has one', () => {
    const name = asideName('api-out-3.log', NOON);
    expect([parseAside(name, 'api-out.log'), parseAside(name, 'api-out.log', { numbered: true })?.at]).toEqual([null, NOON]);
    expect(['api-out-3.log', 'api-out.log', 'api-out-x.log', name].map((one) => isPresent(one, 'api-out.log', { numbered: true }))).toEqual(
      [true, false, false, false],
    );
    expect(isPresent('api-out.log', 'api-out.log', { numbered: false })).toBe(true);
  });
});

// When a log file is put aside, and what is kept: tables of sizes and times.
import { describe, expect, it } from 'vitest';
import type { LogRotation } from '../model/app-spec.ts';
import type { Ms } from '../model/units.ts';
import { SETTLE_MS, isDue, tidy } from './rotate.ts';
import type { AsideFile, AsideForm, Writing } from './rotate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NONE: LogRotation = { maxBytes: null, everyMs: null, maxFiles: null, maxAgeMs: null, compress: false, totalMaxBytes: null };
const NOON = Date.UTC(2026, 10, 22, 12);

describe('a log file is put aside', () => {
  const writing: Writing = { size: 900, moreBytes: 50, endsLine: true, lastAt: NOON, now: NOON };
  const due = (fields: Partial<Writing>, rotation: Partial<LogRotation>): boolean =>
    isDue({ ...writing, ...fields }, { ...NONE, ...rotation });

  it('before it passes its size', () => {
    expect([due({}, { maxBytes: 950 }), due({}, { maxBytes: 949 }), due({}, {})]).toEqual([false, true, false]);
  });

  it('never while it is empty, however much is to come', () => {
    expect(due({ size: 0, moreBytes: 5000 }, { maxBytes: 10, everyMs: HOUR })).toBe(false);
  });

  it('between lines, unless a line is as long as a file', () => {
    const torn = { endsLine: false };
    expect([due(torn, { maxBytes: 900 }), due({ ...torn, size: 1800 }, { maxBytes: 900 })]).toEqual([false, true]);
  });

  it.each<[string, Ms, readonly [number, number], boolean]>([
    ['the same hour', HOUR, [NOON + 1, NOON + HOUR - 1], false],
    ['the next hour', HOUR, [NOON + 1, NOON + HOUR], true],
    ['the same day', DAY, [NOON, NOON + 12 * HOUR - 1], false],
    ['midnight', DAY, [NOON, NOON + 12 * HOUR], true],
    // 22 November 2026 is a Sunday.
    ['the Saturday after', 7 * DAY, [NOON, NOON + 6 * DAY], false],
    ['the Sunday after', 7 * DAY, [NOON, NOON + 7 * DAY - 12 * HOUR], true],
    ['a clock that was set back', HOUR, [NOON, NOON - 5 * HOUR], false],
  ])('in a new period: %s', (_, everyMs, [lastAt, now], expected) => {
    expect(due({ lastAt, now }, { everyMs })).toBe(expected);
  });
});

describe('of the files put aside', () => {
  const file = (hoursAgo: number, fields: Partial<AsideFile> = {}): AsideFile => ({
    path: `${hoursAgo}${fields.form ?? ''}`,
    at: NOON - hoursAgo * HOUR,
    form: 'compressed',
    bytes: 100,
    own: true,
    ...fields,
  });
  const plan = (files: readonly AsideFile[], rotation: Partial<LogRotation>, liveBytes = 0) => {
    const { remove, compress, againInMs } = tidy(files, { rotation: { ...NONE, ...rotation }, liveBytes, now: NOON });
    return { remove: remove.map(({ path }) => path).sort(), compress: compress.map(({ path }) => path).sort(), againInMs };
  };

  it('all are kept without a limit', () => {
    expect(plan([file(1), file(2), file(9999)], {})).toEqual({ remove: [], compress: [], againInMs: null });
  });

  it('so many are kept, the newest', () => {
    expect(plan([file(3), file(1), file(2)], { maxFiles: 2 }).remove).toEqual(['3']);
    expect(plan([file(3), file(1)], { maxFiles: 0 }).remove).toEqual(['1', '3']);
  });

  it('those that are too old go', () => {
    expect(plan([file(1), file(49)], { maxAgeMs: 2 * DAY }).remove).toEqual(['49']);
  });

  it('the oldest go where the app takes too much in all, whatever file they are of', () => {
    const files = [file(1), file(2, { own: false }), file(3), file(4, { own: false })];
    expect(plan(files, { totalMaxBytes: 350 }, 100).remove).toEqual(['3', '4']);
    expect(plan(files, { totalMaxBytes: 10 }, 0).remove).toEqual(['1', '2', '3', '4']);
  });

  it('only its own are counted and too old: each file has its turn', () => {
    expect(plan([file(1), file(99, { own: false })], { maxFiles: 1, maxAgeMs: DAY }).remove).toEqual([]);
  });

  it('plain ones are compressed when nobody can be writing to them any more', () => {
    const fresh = file(0, { form: 'plain', path: 'fresh', at: NOON - SETTLE_MS + 1 });
    const files = [fresh, file(1, { form: 'plain' }), file(2)];
    expect(plan(files, { compress: true })).toEqual({ remove: [], compress: ['1plain'], againInMs: SETTLE_MS });
    expect(plan(files, {})).toEqual({ remove: [], compress: [], againInMs: null });
    // A clock that was set back by hours delays nothing for hours.
    expect(plan([file(-5, { form: 'plain' })], { compress: true }).compress).toEqual(['-5plain']);
  });

  it.each<[string, readonly [number, AsideForm][], readonly string[]]>([
    ['the half of a result whose source is gone', [[1, 'partial']], ['1partial']],
    [
      'a half that nobody is at any more',
      [
        [1, 'plain'],
        [1, 'partial'],
      ],
      ['1partial'],
    ],
    [
      'the source of a whole result',
      [
        [1, 'plain'],
        [1, 'compressed'],
      ],
      ['1plain'],
    ],
  ])('what was left by who died while compressing goes: %s', (_, forms, expected) => {
    expect(
      plan(
        forms.map(([hours, form]) => file(hours, { form })),
        { compress: true },
      ).remove,
    ).toEqual(expected);
  });

  it('a half that somebody is at stays', () => {
    const at = NOON - 60_000;
    expect(plan([file(0, { form: 'plain', at }), file(0, { form: 'partial', at })], {}).remove).toEqual([]);
  });
});

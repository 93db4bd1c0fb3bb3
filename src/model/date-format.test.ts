// Dates in PM2's spelling.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleScript } from '../../test/bundle.ts';
import { compileDateFormat } from './date-format.ts';

/** The moment of a local date: tests hold in every time zone. */
const MORNING = new Date(2026, 2, 5, 0, 7, 9, 45).getTime();
const EVENING = new Date(2026, 10, 22, 19, 30, 0, 7).getTime();

describe('a date format', () => {
  it.each([
    ['YYYY-MM-DDTHH:mm:ss', MORNING, '2026-03-05T00:07:09'],
    ['YYYY-MM-DD HH:mm:ss.SSS', MORNING, '2026-03-05 00:07:09.045'],
    ['YY M D H m s', MORNING, '26 3 5 0 7 9'],
    ['dddd ddd dd d', MORNING, 'Thursday Thu Th 4'],
    ['MMMM MMM', EVENING, 'November Nov'],
    ['hh:mm A', MORNING, '12:07 AM'],
    ['h:mm a', EVENING, '7:30 pm'],
    ["[at] HH [o'clock, YYYY]", EVENING, "at 19 o'clock, YYYY"],
    ['[] x [', EVENING, ' x ['],
    ['', EVENING, ''],
  ])('%s', (format, at, expected) => {
    expect(compileDateFormat(format)(at)).toBe(expected);
  });

  it.each([
    ['Asia/Kolkata', '+05:30 +0530'],
    ['America/St_Johns', '-03:30 -0330'],
    ['UTC', '+00:00 +0000'],
  ])('has the offset of the local zone, in %s', (zone, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-'));
    try {
      const script = bundleScript(
        folder,
        `import { compileDateFormat } from './src/model/date-format.ts'; process.stdout.write(compileDateFormat('Z ZZ')(${Date.UTC(2026, 0, 5)}));`,
      );
      expect(execFileSync(process.execPath, [script], { env: { ...process.env, TZ: zone }, encoding: 'utf8' })).toBe(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('changes with each second, and with each millisecond where these are shown, also when time goes back', () => {
    const seconds = compileDateFormat('ss');
    expect([0, 999, 1000, 0].map((ms) => seconds(MORNING - 45 + ms))).toEqual(['09', '09', '10', '09']);
    const fine = compileDateFormat('ss.SSS');
    expect([0, 1, 0].map((ms) => fine(MORNING + ms))).toEqual(['09.045', '09.046', '09.045']);
  });
});

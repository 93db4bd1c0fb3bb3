// Uptimes, moments and colours.
import { describe, expect, it } from 'vitest';
import { createPalette, wantsColour } from './colour.ts';
import { count, printClock, printMoment } from './text.ts';
import { printUptime } from '../../model/uptime.ts';

describe('an uptime', () => {
  it.each([
    [null, '-'],
    [0, '0s'],
    [59_999, '59s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [7_199_000, '119m'],
    [3 * 3_600_000, '3h'],
    [47 * 3_600_000, '47h'],
    [4.5 * 86_400_000, '4D'],
    [-5, '0s'],
  ])('of %s ms is printed as %s', (uptimeMs, text) => {
    expect(printUptime(uptimeMs)).toBe(text);
  });
});

describe('a moment', () => {
  it('is printed in the local time zone', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5).getTime();
    expect(printClock(at)).toBe('03:04:05');
    expect(printMoment(at)).toBe('2026-01-02 03:04:05');
  });
});

describe('a count', () => {
  it('agrees with its noun', () => {
    expect([count(0, 'app'), count(1, 'app'), count(2, 'app')]).toEqual(['0 apps', '1 app', '2 apps']);
  });
});

describe('colours', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a pipe', { isTTY: false }, {}, false],
    ['--no-color', { isTTY: true, refused: true }, { FORCE_COLOR: '1' }, false],
    ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', { isTTY: false }, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0', { isTTY: true }, { FORCE_COLOR: '0' }, false],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
  ])('with %s', (_, where, env, expected) => {
    expect(wantsColour({ refused: false, ...where, env })).toBe(expected);
  });

  it('are SGR sequences, or nothing', () => {
    expect(createPalette(true).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(createPalette(false).red('x')).toBe('x');
  });
});

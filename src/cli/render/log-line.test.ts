// Lines of `logs`.
import { describe, expect, it } from 'vitest';
import { logEntry } from '../../../test/canned-views.ts';
import { createPalette } from './colour.ts';
import { renderLogEntry } from './log-line.ts';

const pipe = { palette: createPalette(false), isTTY: false };
const colourless = { palette: createPalette(false), isTTY: true };
const terminal = { palette: createPalette(true), isTTY: true };

describe('a line of the logs', () => {
  it('shows time, id, name and text', () => {
    expect(renderLogEntry(logEntry({ id: 3, text: '  two  blanks ' }), pipe)).toBe('19:30:00 3|api |   two  blanks ');
  });

  it('shows no time where none is known', () => {
    expect(renderLogEntry(logEntry({ at: null }), pipe)).toBe('0|api | hello');
  });

  it('looks alike for both streams in a pipe, and not on a terminal', () => {
    const line = logEntry({ stream: 'err' });
    expect(renderLogEntry(line, pipe)).toBe('19:30:00 0|api | hello');
    expect(renderLogEntry(line, colourless)).toBe('19:30:00 0|api ! hello');
    expect(renderLogEntry(line, terminal)).toContain('\u001b[31mhello\u001b[39m');
  });

  it('shows an event with its subject', () => {
    const event = logEntry({ stream: 'event', level: 'warn', text: 'exited with code [1]' });
    expect(renderLogEntry(event, pipe)).toBe('19:30:00 App [api:0] exited with code [1]');
    expect(renderLogEntry({ ...event, app: null, slot: null, id: null }, pipe)).toBe('19:30:00 Holdfast exited with code [1]');
  });

  it('colours an event by its weight', () => {
    const colours = (['info', 'warn', 'error', 'alert'] as const).map((level) =>
      renderLogEntry(logEntry({ at: null, stream: 'event', level }), terminal).slice(0, 5),
    );
    expect(colours).toEqual(['\u001b[32m', '\u001b[33m', '\u001b[31m', '\u001b[31m']);
  });
});

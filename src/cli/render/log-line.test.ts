// Lines of `logs`.
import { describe, expect, it } from 'vitest';
import { logEntry } from '../../../test/canned-views.ts';
import { createPalette } from './colour.ts';
import { createLogRenderer, createPairsRenderer } from './log-line.ts';
import type { LogStyle } from './log-line.ts';
import type { LogEntry } from '../../model/view.ts';

const usual = { timeFormat: null, highlight: null };
const pipe = { palette: createPalette(false), isTTY: false, ...usual };
const colourless = { palette: createPalette(false), isTTY: true, ...usual };
const terminal = { palette: createPalette(true), isTTY: true, ...usual };
const renderLogEntry = (entry: LogEntry, style: LogStyle): string => createLogRenderer(style)(entry);

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

  it('has a colour for each instance', () => {
    const names = [0, 1, 5].map((id) => renderLogEntry(logEntry({ id, at: null }), terminal).slice(0, 5));
    expect(names[0]).not.toBe(names[1]);
    expect(names[0]).toBe(names[2]);
  });

  it('has the time in the format that was asked for', () => {
    expect(renderLogEntry(logEntry(), { ...pipe, timeFormat: 'YYYY/MM/DD HH:mm' })).toBe('2026/11/22 19:30 0|api | hello');
  });

  it('marks what is to be highlighted, on a terminal only', () => {
    expect(renderLogEntry(logEntry({ at: null }), { ...terminal, highlight: 'll' })).toContain('he\u001b[7mll\u001b[27mo');
    expect(renderLogEntry(logEntry({ at: null }), { ...pipe, highlight: 'll' })).toBe('0|api | hello');
  });

  it('is key=value pairs as in PM2', () => {
    const render = createPairsRenderer();
    expect(render(logEntry({ stream: 'err' }))).toMatch(/^timestamp=2026-11-22-19:30:00[+-]\d{4} app=api id=0 type=error message=hello$/);
    expect(render(logEntry({ at: null }))).toBe('timestamp=- app=api id=0 type=out message=hello');
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

// What is written to the terminal for a frame.
import { describe, expect, it } from 'vitest';
import { createScreen } from './screen.ts';
import type { Screen } from './screen.ts';

function open(): { readonly screen: Screen; readonly written: string[] } {
  const written: string[] = [];
  return { screen: createScreen((text) => written.push(text.replaceAll('\u001b', '^'))), written };
}

describe('createScreen', () => {
  it('writes the first frame whole, in one piece that is shown at once', () => {
    const { screen, written } = open();
    screen.draw(['a', 'b']);
    expect(written).toEqual(['^[?2026h^[2J^[1;1H^[2Ka^[2;1H^[2Kb^[?2026l']);
  });

  it('then only rows that differ', () => {
    const { screen, written } = open();
    screen.draw(['a', 'b', 'c']);
    screen.draw(['a', 'x', 'c']);
    expect(written.slice(1)).toEqual(['^[?2026h^[2;1H^[2Kx^[?2026l']);
  });

  it('and nothing where none does', () => {
    const { screen, written } = open();
    screen.draw(['a']);
    screen.draw(['a']);
    expect(written).toHaveLength(1);
  });

  it('everything once more after the terminal has forgotten it', () => {
    const { screen, written } = open();
    screen.draw(['a']);
    screen.forget();
    screen.draw(['a']);
    expect(written[1]).toBe(written[0]);
  });
});

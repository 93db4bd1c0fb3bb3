// Tables: alignment, shrinking and the order in which columns go.
import fc from 'fast-check';
import stringWidth from 'fast-string-width';
import { describe, expect, it } from 'vitest';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { widthOf } from './wide.ts';
import { isSimple, printable, simpleWidthOf, truncate } from './width.ts';

const COLUMNS: readonly Column[] = [
  { title: 'id', align: 'right', drops: null, shrinksTo: null },
  { title: 'name', align: 'left', drops: null, shrinksTo: 4 },
  { title: 'mode', align: 'left', drops: 1, shrinksTo: null },
  { title: 'mem', align: 'right', drops: 2, shrinksTo: null },
];

const render = (rows: readonly (readonly string[])[], maxWidth: number | null): string =>
  renderTable({ columns: COLUMNS, rows: rows.map((row) => row.map((text) => ({ text }))), maxWidth, widthOf, paintTitle: (text) => text });

describe('a table', () => {
  const rows = [
    ['0', 'a-long-name', 'fork', '9 MB'],
    ['10', 'b', 'cluster', '120 MB'],
  ];

  it('is as wide as it needs where nothing limits it', () => {
    expect(render(rows, null)).toBe(
      ['id  name         mode        mem', ' 0  a-long-name  fork       9 MB', '10  b            cluster  120 MB', ''].join('\n'),
    );
  });

  it('shortens names first', () => {
    expect(render(rows, 28)).toBe(
      ['id  name     mode        mem', ' 0  a-long…  fork       9 MB', '10  b        cluster  120 MB', ''].join('\n'),
    );
  });

  it('then leaves out columns, in the stated order, and gives names the room', () => {
    expect(render(rows, 24)).toBe(['id  name            mem', ' 0  a-long-name    9 MB', '10  b            120 MB', ''].join('\n'));
    expect(render(rows, 15)).toBe(['id  name', ' 0  a-long-name', '10  b', ''].join('\n'));
  });

  it('shortens further what may not be left out', () => {
    expect(render(rows, 7)).toBe(['id  na…', ' 0  a-…', '10  b', ''].join('\n'));
  });

  it('counts wide characters as two columns and cuts none apart', () => {
    expect(render([['0', '日本語サーバー', 'fork', '1 B']], 26)).toBe(
      ['id  name         mode  mem', ' 0  日本語サー…  fork  1 B', ''].join('\n'),
    );
  });

  it('fits any names into any width that has room for one letter of each column that stays', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1 }),
        fc.integer({ min: 6, max: 60 }),
        (names, width) => {
          const lines = render(
            names.map((name) => ['7', name, 'fork', '1 B']),
            width,
          ).split('\n');
          expect(lines).toHaveLength(names.length + 2);
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe('texts on a terminal', () => {
  it('are simple where every character takes one column', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom('a', '~', ' ', '↺', '…', 'é', '日', '\u001b', '\u0301'),
            fc.string({ minLength: 1, maxLength: 1 }),
          ),
        }),
        (text) => {
          if (isSimple(text)) expect([simpleWidthOf(text), printable(text)]).toEqual([stringWidth(text), text]);
        },
      ),
    );
    expect(['api', '日本', 'a\u001bb', 'e\u0301'].map(isSimple)).toEqual([true, false, false, false]);
  });

  it('lose their control characters', () => {
    expect(printable('a\u001b[31mb\nc')).toBe('a\ufffd[31mb\ufffdc');
  });

  it('end in … where they are cut', () => {
    expect(truncate('abcdef', 6, widthOf)).toBe('abcdef');
    expect(truncate('abcdef', 5, widthOf)).toBe('abcd…');
    expect(truncate('日本語', 5, widthOf)).toBe('日本…');
    expect(truncate('👩‍👩‍👧ab', 3, widthOf)).toBe('👩‍👩‍👧…');
  });
});

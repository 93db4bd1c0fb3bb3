// Tables: alignment, shrinking and the order in which columns go.
import fc from 'fast-check';
import stringWidth from 'fast-string-width';
import { describe, expect, it } from 'vitest';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { widthOf } from './wide.ts';
import { isSimple, printable, simpleWidthOf, truncate, wrap } from './width.ts';

type Row = readonly string[];

const column = (title: string, index: number, differs: Partial<Column<Row>> = {}): Column<Row> => ({
  title,
  roomy: 0,
  shrinksTo: null,
  cell: (row) => ({ text: row[index]! }),
  ...differs,
});
const ID = column('id', 0);
const NAME = column('name', 1, { shrinksTo: 4 });
const MODE = column('mode', 2, { roomy: 9 });
const MEMORY = column('mem', 3);

const asIs = (text: string): string => text;
const render = (rows: readonly Row[], maxWidth: number | null): string =>
  renderTable({
    layouts: [
      [ID, NAME, MODE, MEMORY],
      [ID, NAME, MEMORY],
    ],
    rows,
    maxWidth,
    widthOf,
    paintTitle: asIs,
    paintFrame: asIs,
  });

describe('a table', () => {
  const rows = [
    ['0', 'a-long-name', 'fork', '9 MB'],
    ['10', 'b', 'cluster', '120 MB'],
  ];

  it('has the room it likes where nothing limits it', () => {
    expect(render(rows, null)).toBe(`\
┌────┬─────────────┬───────────┬────────┐
│ id │ name        │ mode      │ mem    │
├────┼─────────────┼───────────┼────────┤
│ 0  │ a-long-name │ fork      │ 9 MB   │
│ 10 │ b           │ cluster   │ 120 MB │
└────┴─────────────┴───────────┴────────┘
`);
    expect(render(rows, 41)).toBe(render(rows, null));
  });

  it('gives up that room first, then shortens what may be shortened', () => {
    expect(render(rows, 39)).toContain('│ 0  │ a-long-name │ fork    │ 9 MB   │\n');
    expect(render(rows, 33)).toContain('│ 0  │ a-lo… │ fork    │ 9 MB   │\n');
  });

  it('then takes a layout with fewer columns, and gives names the room', () => {
    expect(render(rows, 31)).toBe(`\
┌────┬─────────────┬────────┐
│ id │ name        │ mem    │
├────┼─────────────┼────────┤
│ 0  │ a-long-name │ 9 MB   │
│ 10 │ b           │ 120 MB │
└────┴─────────────┴────────┘
`);
  });

  it('shortens all where there is no other layout', () => {
    expect(render(rows, 18)).toContain('│ 10 │ b   │ 12… │\n');
    expect(render(rows, 3)).toContain('│ … │ b │ … │\n');
  });

  it('without a row is its titles', () => {
    expect(render([], null)).toBe(`\
┌────┬──────┬───────────┬─────┐
│ id │ name │ mode      │ mem │
└────┴──────┴───────────┴─────┘
`);
  });

  it('counts wide characters as two columns and cuts none apart', () => {
    expect(render([['0', '日本語サーバー', 'fork', '1 B']], 33)).toContain('│ 0  │ 日本語サー… │ fork │ 1 B │\n');
  });

  it('fits any names into any width that has room for one letter of each column that stays', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1 }),
        fc.integer({ min: 14, max: 60 }),
        (names, width) => {
          const lines = render(
            names.map((name) => ['7', name, 'fork', '1 B']),
            width,
          ).split('\n');
          expect(lines).toHaveLength(names.length + 5);
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

  it('are wrapped at blanks, and elsewhere where there is none', () => {
    expect(wrap('one two three', 7, widthOf)).toEqual(['one two', 'three']);
    expect(wrap('/a/long/path', 5, widthOf)).toEqual(['/a/lo', 'ng/pa', 'th']);
    expect(wrap('日本語', 1, widthOf)).toEqual(['日', '本', '語']);
    expect(wrap('', 5, widthOf)).toEqual(['']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 2, max: 20 }), (text, width) => {
        const lines = wrap(text, width, widthOf);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

// The columns of the list, and how many of them a pane has room for. Pure.
import { printCompactSize } from '../../model/units.ts';
import { printUptime } from '../../model/uptime.ts';
import type { Palette } from '../render/colour.ts';
import { paintOfStatus, printStatus } from '../render/status.ts';
import { truncate } from '../render/width.ts';
import { widthOf } from '../render/wide.ts';
import type { Row } from './row.ts';
import { plainText } from './styled.ts';

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row, palette: Palette) => (text: string) => string;
}

const NAME: Column = { title: 'name', align: 'left', text: ({ app }) => plainText(app.name) };

/** The most important first: on a narrow terminal the last ones are left out. */
const COLUMNS: readonly Column[] = [
  { title: 'id', align: 'right', text: ({ instance }) => String(instance.id), paint: (_, palette) => palette.cyan },
  NAME,
  {
    title: 'status',
    align: 'left',
    text: ({ instance, app }) => printStatus(instance, app.nextRunAt),
    paint: ({ instance }, palette) => paintOfStatus(instance, palette),
  },
  { title: 'cpu', align: 'right', text: ({ instance }) => `${Number(instance.cpu.toFixed(1))}%` },
  { title: 'mem', align: 'right', text: ({ instance }) => (instance.pid === null ? '-' : printCompactSize(instance.memory)) },
  { title: '↺', align: 'right', text: ({ instance }) => String(instance.restarts) },
  { title: 'uptime', align: 'right', text: ({ instance }) => printUptime(instance.uptimeMs) },
  { title: 'pid', align: 'right', text: ({ instance }) => String(instance.pid ?? '-') },
  { title: 'mode', align: 'left', text: ({ app }) => app.mode },
];

/** A name is cut down to this before a column is left out for it. */
const SHORTEST_NAME = 16;
const GAP = '  ';

/** The titles, then a line a row. No line is wider than `columns` where that is at least 50. */
export function renderColumns(rows: readonly Row[], columns: number, palette: Palette): readonly string[] {
  const natural = COLUMNS.map(({ title, text }) => Math.max(widthOf(title), ...rows.map((row) => widthOf(text(row)))));
  const count = countFitting(natural, columns);
  const shown = COLUMNS.slice(0, count);
  const others = lineWidth(natural.slice(0, count)) - natural[COLUMNS.indexOf(NAME)]!;
  const widths = shown.map((column, index) => (column === NAME ? Math.min(natural[index]!, columns - others) : natural[index]!));
  const print = (cells: readonly string[], paintOf: (column: Column) => (text: string) => string): string =>
    shown.map((column, index) => printCell(cells[index]!, { column, width: widths[index]!, paint: paintOf(column) })).join(GAP);
  return [
    print(
      shown.map(({ title }) => title),
      () => palette.bold,
    ),
    ...rows.map((row) =>
      print(
        shown.map(({ text }) => text(row)),
        ({ paint }) => paint?.(row, palette) ?? ((text) => text),
      ),
    ),
  ];
}

function countFitting(natural: readonly number[], columns: number): number {
  const smallest = natural.map((width, index) => (COLUMNS[index] === NAME ? Math.min(width, SHORTEST_NAME) : width));
  let count = smallest.length;
  while (lineWidth(smallest.slice(0, count)) > columns) count -= 1;
  return count;
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

function printCell(text: string, { column, width, paint }: { column: Column; width: number; paint: (text: string) => string }): string {
  const cut = truncate(text, width, widthOf);
  const padding = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return column.align === 'right' ? padding + paint(cut) : paint(cut) + padding;
}

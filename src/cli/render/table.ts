// A table of text: aligned columns, as wide as they need, or shrunk to a terminal. It knows nothing of what it shows.
import { printable, truncate } from './width.ts';
import type { WidthOf } from './width.ts';

/** One column. Columns with `drops` are left out on a narrow terminal, the lowest number first. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Null: always shown. */
  readonly drops: number | null;
  /** Cells may be cut down to this width, with `…`; null: never cut. */
  readonly shrinksTo: number | null;
}

/** One cell; `paint` colours it after it was cut and padded. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** `maxWidth` null: nothing is cut or left out. Every row has one cell per column. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly maxWidth: number | null;
  readonly widthOf: WidthOf;
  readonly paintTitle: (text: string) => string;
}

const GAP = '  ';

/** Lines with a newline each. On a terminal cells shrink first, then columns go, then what is left shrinks further. */
export function renderTable(table: Table): string {
  const titles = table.columns.map((column): Cell => ({ text: column.title, paint: table.paintTitle }));
  const rows = [titles, ...table.rows.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })))];
  const natural = table.columns.map((_, index) => Math.max(...rows.map((row) => table.widthOf(row[index]!.text))));
  const shown = chooseColumns(table, natural);
  const widths = fitWidths(table, natural, shown);
  return rows.map((row) => `${renderRow(row, shown, { table, widths })}\n`).join('');
}

/** Indexes of the columns that fit when everything that may shrink has shrunk. */
function chooseColumns({ columns, maxWidth }: Table, natural: readonly number[]): number[] {
  let shown = columns.map((_, index) => index);
  if (maxWidth === null) return shown;
  const smallest = (index: number): number => Math.min(natural[index]!, columns[index]!.shrinksTo ?? Infinity);
  const droppable = shown.filter((index) => columns[index]!.drops !== null).sort((a, b) => columns[a]!.drops! - columns[b]!.drops!);
  while (lineWidth(shown.map(smallest)) > maxWidth && droppable.length > 0) {
    const gone = droppable.shift();
    shown = shown.filter((index) => index !== gone);
  }
  return shown;
}

/** Width of every column by index; the shrinking ones take what is missing, equally from the widest. */
function fitWidths({ columns, maxWidth }: Table, natural: readonly number[], shown: readonly number[]): number[] {
  const widths = [...natural];
  if (maxWidth === null) return widths;
  const shrinking = shown.filter((index) => columns[index]!.shrinksTo !== null);
  for (;;) {
    const widest = shrinking.reduce((best, index) => (best === -1 || widths[index]! > widths[best]! ? index : best), -1);
    if (widest === -1 || widths[widest]! <= 1 || lineWidth(shown.map((index) => widths[index]!)) <= maxWidth) return widths;
    widths[widest]! -= 1;
  }
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

function renderRow(row: readonly Cell[], shown: readonly number[], { table, widths }: { table: Table; widths: readonly number[] }): string {
  const last = shown.at(-1);
  const cells = shown.map((index) => {
    const { text, paint } = row[index]!;
    const cut = truncate(text, widths[index]!, table.widthOf);
    const padding = ' '.repeat(widths[index]! - table.widthOf(cut));
    const painted = paint === undefined || cut === '' ? cut : paint(cut);
    if (table.columns[index]!.align === 'right') return padding + painted;
    return index === last ? painted : painted + padding;
  });
  return cells.join(GAP);
}

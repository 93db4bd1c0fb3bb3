// A table of text in PM2's box: as wide as it likes, or made to fit a terminal. It knows nothing of what it shows.
import { frameWidth, renderFrameRow, renderRule } from './frame.ts';
import { printable, truncate } from './width.ts';
import type { WidthOf } from './width.ts';

/** One column of rows of that type. */
export interface Column<Row> {
  readonly title: string;
  /** The width it has where there is room for it, so that short texts do not make a restless table. */
  readonly roomy: number;
  /** Its cells may be cut down to this width, with `…`; null: never while there is another layout. */
  readonly shrinksTo: number | null;
  readonly cell: (row: Row) => Cell;
}

/** One cell; `paint` colours it after it was cut and padded. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** `layouts`: the columns at their fullest, then fewer of them. `maxWidth` null: into a pipe, where the first layout is shown and nothing is cut. */
export interface Table<Row> {
  readonly layouts: readonly [readonly Column<Row>[], ...(readonly Column<Row>[])[]];
  readonly rows: readonly Row[];
  readonly maxWidth: number | null;
  readonly widthOf: WidthOf;
  readonly paintTitle: (text: string) => string;
  readonly paintFrame: (text: string) => string;
}

/** A layout with its cells, and how wide each of its columns would have to be to cut nothing. */
interface Draft {
  readonly columns: readonly Pick<Column<never>, 'roomy' | 'shrinksTo'>[];
  readonly rows: readonly (readonly Cell[])[];
  readonly natural: readonly number[];
}

/** Lines with a newline each. It takes the first layout that fits; in it the roominess goes first, then cells are cut. The last layout is cut as far as it takes. */
export function renderTable<Row>(table: Table<Row>): string {
  const { maxWidth, widthOf, paintFrame } = table;
  const chosen = chooseLayout(table);
  const widths = fitWidths(chosen, maxWidth);
  const [title, ...body] = chosen.rows.map((cells) =>
    renderFrameRow(
      cells.map((cell, index) => renderCell(cell, widths[index]!, widthOf)),
      paintFrame,
    ),
  );
  const middle = body.length === 0 ? '' : renderRule('middle', widths, paintFrame);
  return `${renderRule('top', widths, paintFrame)}${title}${middle}${body.join('')}${renderRule('bottom', widths, paintFrame)}`;
}

function chooseLayout<Row>(table: Table<Row>): Draft {
  const [fullest, ...others] = table.layouts;
  let chosen = draft(table, fullest);
  for (const columns of others) {
    if (table.maxWidth === null || lineWidth(smallest(chosen)) <= table.maxWidth) break;
    chosen = draft(table, columns);
  }
  return chosen;
}

function draft<Row>(table: Table<Row>, columns: readonly Column<Row>[]): Draft {
  const titles = columns.map(({ title }): Cell => ({ text: title, paint: table.paintTitle }));
  const body = table.rows.map((row) => columns.map(({ cell }) => cell(row)).map((cell) => ({ ...cell, text: printable(cell.text) })));
  const rows = [titles, ...body];
  return { columns, rows, natural: columns.map((_, index) => Math.max(...rows.map((row) => table.widthOf(row[index]!.text)))) };
}

function smallest({ columns, natural }: Draft): number[] {
  return natural.map((width, index) => Math.min(width, columns[index]!.shrinksTo ?? width));
}

/** What is missing is taken from the widest of the columns that may shrink, and when those are as small as they may be, from any. */
function fitWidths({ columns, natural }: Draft, maxWidth: number | null): readonly number[] {
  const roomy = natural.map((width, index) => Math.max(width, columns[index]!.roomy));
  if (maxWidth === null || lineWidth(roomy) <= maxWidth) return roomy;
  const widths = [...natural];
  const shrinkWidest = (limits: readonly number[]): boolean => {
    const widest = widths.reduce((best, width, index) => (width > limits[index]! && width > (widths[best] ?? 0) ? index : best), -1);
    if (widest === -1) return false;
    widths[widest]! -= 1;
    return true;
  };
  const limits = columns.map(({ shrinksTo }, index) => shrinksTo ?? natural[index]!);
  while (lineWidth(widths) > maxWidth) if (!shrinkWidest(limits) && !shrinkWidest(widths.map(() => 1))) break;
  return widths;
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, frameWidth(widths.length));
}

function renderCell({ text, paint }: Cell, width: number, widthOf: WidthOf): string {
  const cut = truncate(text, width, widthOf);
  const painted = paint === undefined || cut === '' ? cut : paint(cut);
  return painted + ' '.repeat(width - widthOf(cut));
}

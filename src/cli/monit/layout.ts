// Where each pane stands on a terminal of a size. Pure.

/** In the order in which Tab goes through them. */
export const PANES = ['processes', 'log', 'metrics', 'about'] as const;
export type Pane = (typeof PANES)[number];

/** Of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Of a pane, with its title in its first row; counted from 0. */
export interface Area {
  readonly pane: Pane;
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/** On less nothing can be read. */
export const SMALLEST: Size = { columns: 60, rows: 15 };

/** From so many columns on the list and the log stand side by side. */
const WIDE_COLUMNS = 120;
/** With fewer rows there is one pane under the list. */
const TALL_ROWS = 22;
/** The title of a pane, and the names of the columns below that of the list. */
const LIST_HEAD_ROWS = 2;
const FOOTER_ROWS = 1;
const LIST_COLUMNS = { least: 56, most: 72 };
/** Between panes that stand side by side. */
const GAP_COLUMNS = 1;

/** The panes that are shown where `instances` are in the list; none on a terminal that is too small. The last row is the footer's. */
export function layOut(size: Size, { instances, focus }: { readonly instances: number; readonly focus: Pane }): readonly Area[] {
  if (size.columns < SMALLEST.columns || size.rows < SMALLEST.rows) return [];
  const rows = size.rows - FOOTER_ROWS;
  if (size.columns >= WIDE_COLUMNS) return layOutWide(size.columns, rows);
  const wanted = Math.max(1, instances) + LIST_HEAD_ROWS;
  return rows + FOOTER_ROWS >= TALL_ROWS ? layOutTall(size.columns, rows, wanted) : layOutLow(size.columns, { rows, wanted, focus });
}

/** List and log above, metrics and all the rest below them. */
function layOutWide(columns: number, rows: number): Area[] {
  const left = clamp(Math.floor(columns * 0.42), LIST_COLUMNS.least, LIST_COLUMNS.most);
  const below = clamp(Math.floor(rows / 3), 5, 14);
  const above = rows - below;
  const right = { left: left + GAP_COLUMNS, columns: columns - left - GAP_COLUMNS };
  return [
    { pane: 'processes', left: 0, top: 0, columns: left, rows: above },
    { pane: 'log', ...right, top: 0, rows: above },
    { pane: 'metrics', left: 0, top: above, columns: left, rows: below },
    { pane: 'about', ...right, top: above, rows: below },
  ];
}

/** The list as high as it needs to be, up to a third; then the log; metrics and all the rest side by side. */
function layOutTall(columns: number, rows: number, wanted: number): Area[] {
  const list = Math.min(wanted, Math.floor(rows / 3));
  const below = clamp(Math.floor(rows / 3), 7, 12);
  const left = Math.floor(columns * 0.4);
  const bottom = rows - below;
  return [
    { pane: 'processes', left: 0, top: 0, columns, rows: list },
    { pane: 'log', left: 0, top: list, columns, rows: bottom - list },
    { pane: 'metrics', left: 0, top: bottom, columns: left, rows: below },
    { pane: 'about', left: left + GAP_COLUMNS, top: bottom, columns: columns - left - GAP_COLUMNS, rows: below },
  ];
}

/** The list, and below it the pane that has the focus; the log where the list has it. */
function layOutLow(
  columns: number,
  { rows, wanted, focus }: { readonly rows: number; readonly wanted: number; readonly focus: Pane },
): Area[] {
  const list = Math.min(wanted, Math.floor(rows * 0.4));
  return [
    { pane: 'processes', left: 0, top: 0, columns, rows: list },
    { pane: focus === 'processes' ? 'log' : focus, left: 0, top: list, columns, rows: rows - list },
  ];
}

function clamp(number: number, least: number, most: number): number {
  return Math.min(Math.max(number, least), most);
}

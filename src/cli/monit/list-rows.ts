// The pane of the list: as many rows as there is room for around the selected one. Pure.
import type { Palette } from '../render/colour.ts';
import { widthOf } from '../render/wide.ts';
import { renderColumns } from './columns.ts';
import type { Row } from './row.ts';
import type { Room } from './panes.ts';
import { clipStyled, plainText } from './styled.ts';

/** The names of the columns. */
export const LIST_TITLES = 1;
const MARK = '▸ ';
const NO_MARK = '  ';

/** The names of the columns, and the rows that fit; `selected` is an index, -1 for none. */
export function visibleListRows(list: readonly Row[], selected: number, { columns, rows }: Room, palette: Palette): readonly string[] {
  if (list.length === 0)
    return ['', `${NO_MARK}No apps in the list. Start one: holdfast start app.js`].map((text) => clipStyled(text, columns));
  const [titles, ...lines] = renderColumns(list, columns - MARK.length, palette);
  const { first, last } = visibleRange(list.length, selected, rows - LIST_TITLES);
  const shown = lines.slice(first, last).map((line, index) => {
    if (first + index !== selected) return clipStyled(NO_MARK + line, columns);
    const filled = `${MARK}${line}${' '.repeat(Math.max(0, columns - MARK.length - widthOf(plainText(line))))}`;
    return clipStyled(palette.marked(filled), columns);
  });
  return [clipStyled(NO_MARK + titles!, columns), ...shown];
}

/** Which of `count` rows are shown where there is room for so many: the selected one in their middle, `last` not included. */
export function visibleRange(count: number, selected: number, rows: number): { readonly first: number; readonly last: number } {
  const first = Math.max(0, Math.min(selected - Math.floor(rows / 2), count - rows));
  return { first, last: Math.min(count, first + rows) };
}

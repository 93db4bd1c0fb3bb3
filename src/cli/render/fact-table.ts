// Facts in PM2's box: a title, names to the left, what is known to the right. Pure.
import type { Palette } from './colour.ts';
import type { FactRow } from './facts.ts';
import { frameWidth, renderFrameRow, renderRule } from './frame.ts';
import { isSimple, printable, wrap } from './width.ts';
import type { WidthOf } from './width.ts';

/** `maxWidth` null: nothing is wrapped. */
export interface FactTableStyle {
  readonly palette: Palette;
  readonly maxWidth: number | null;
  readonly widthOf: WidthOf;
}

/** However narrow the terminal is, what is known has this much room. */
const LEAST_ROOM = 20;

/** The title and the box; nothing where nothing is known. */
export function renderFactTable(title: string, facts: readonly FactRow[], style: FactTableStyle): string {
  const { palette, maxWidth, widthOf } = style;
  const shown = facts.filter(([, known]) => known !== null && known.length > 0);
  const names = Math.max(0, ...shown.map(([name]) => widthOf(printable(name))));
  const room = maxWidth === null ? Infinity : Math.max(LEAST_ROOM, maxWidth - frameWidth(2) - names);
  const rows = shown.flatMap(([name, known, paint = asIs]) =>
    linesOf(known, room, widthOf).map((line, index) => ({ name: index === 0 ? printable(name) : '', line, paint })),
  );
  if (rows.length === 0) return '';
  const widths = [names, Math.max(...rows.map(({ line }) => widthOf(line)))] as const;
  const pad = (text: string, width: number, paint: (text: string) => string): string =>
    `${text === '' ? '' : paint(text)}${' '.repeat(width - widthOf(text))}`;
  const body = rows.map(({ name, line, paint }) =>
    renderFrameRow([pad(name, widths[0], palette.cyan), pad(line, widths[1], paint)], palette.dim),
  );
  return [
    `${palette.marked(palette.bold(` ${printable(title)} `))}\n`,
    renderRule('top', widths, palette.dim),
    ...body,
    renderRule('bottom', widths, palette.dim),
  ].join('');
}

function linesOf(known: FactRow[1], room: number, widthOf: WidthOf): string[] {
  const lines = typeof known === 'string' ? [known] : (known ?? []);
  return lines.map(printable).flatMap((line) => (isSimple(line) && line.length <= room ? [line] : wrap(line, room, widthOf)));
}

function asIs(text: string): string {
  return text;
}

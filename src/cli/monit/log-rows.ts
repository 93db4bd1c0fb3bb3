// The log pane: lines of an app and what has happened to it, folded to the width of the pane. Pure.
import { isPainting } from '../render/colour.ts';
import type { Palette } from '../render/colour.ts';
import { printClock } from '../render/text.ts';
import type { LogEntry } from '../../model/view.ts';
import { foldStyled, plainText } from './styled.ts';

/** How the lines look. `areMany`: the app has several instances, and each line says of which it is. */
export interface LogStyle {
  readonly columns: number;
  readonly areMany: boolean;
  readonly palette: Palette;
}

/** What is longer is shown up to here; the file has all of it. */
const MAX_CHARS = 4096;
/** Up to `:99`, and a blank. */
const SLOT_COLUMNS = 4;
const NO_TIME = ' '.repeat('00:00:00'.length);

/** The last `rows` rows of these lines that have `back` rows below them. */
export function visibleLogRows(
  lines: readonly LogEntry[],
  { rows, back }: { readonly rows: number; readonly back: number },
  style: LogStyle,
): readonly string[] {
  const found: (readonly string[])[] = [];
  let count = 0;
  for (let at = lines.length - 1; at >= 0 && count < rows + back; at -= 1) {
    const next = rowsOfLine(lines[at]!, style);
    found.unshift(next);
    count += next.length;
  }
  return found.flat().slice(Math.max(0, count - back - rows), count - back);
}

/** How many rows these lines take. */
export function countLogRows(lines: readonly LogEntry[], style: LogStyle): number {
  return lines.reduce((sum, line) => sum + countOfLine(line, style), 0);
}

/** Of each line what was made of it last: while it is at hand it is asked for in each frame. */
function remember<T>(make: (entry: LogEntry, style: LogStyle) => T): (entry: LogEntry, style: LogStyle) => T {
  const made = new WeakMap<LogEntry, { readonly style: LogStyle; readonly value: T }>();
  return (entry, style) => {
    const known = made.get(entry);
    if (known !== undefined && isSameStyle(known.style, style)) return known.value;
    const value = make(entry, style);
    made.set(entry, { style, value });
    return value;
  };
}

const rowsOfLine = remember(foldLine);
const countOfLine = remember((entry, style) => foldLine(entry, style).length);

function isSameStyle(a: LogStyle, b: LogStyle): boolean {
  return a.columns === b.columns && a.areMany === b.areMany && a.palette === b.palette;
}

/** Its time and instance before the first row, blanks before the others. */
function foldLine(entry: LogEntry, { columns, areMany, palette }: LogStyle): readonly string[] {
  const time = entry.at === null ? NO_TIME : printClock(entry.at);
  const slot = areMany ? (entry.slot === null ? '' : `:${entry.slot}`).padEnd(SLOT_COLUMNS) : '';
  const text = entry.text.slice(0, MAX_CHARS);
  const shown = paintOf(entry, palette)(isPainting(palette) ? text : plainText(text));
  const indent = time.length + 1 + slot.length;
  return foldStyled(shown, columns - indent).map((row, index) =>
    index === 0 ? `${palette.dim(time)} ${slot === '' ? '' : palette.cyan(slot)}${row}` : ' '.repeat(indent) + row,
  );
}

function paintOf({ stream, level }: LogEntry, palette: Palette): (text: string) => string {
  if (stream === 'out') return (text) => text;
  if (stream === 'err') return palette.red;
  switch (level) {
    case 'info':
      return palette.green;
    case 'warn':
      return palette.yellow;
    case 'error':
    case 'alert':
      return palette.red;
    default:
      return level satisfies never;
  }
}

// Facts in a narrow pane: names to the left, what is known folded beside them. Pure.
import type { Palette } from '../render/colour.ts';
import type { FactRow } from '../render/facts.ts';
import { truncate } from '../render/width.ts';
import { widthOf } from '../render/wide.ts';
import { foldStyled, plainText } from './styled.ts';

/** How the rows look. */
export interface PaneStyle {
  readonly columns: number;
  readonly palette: Palette;
}

/** Facts as they are laid out. */
export interface FactStyle extends PaneStyle {
  /** Shorter names are padded to this. */
  readonly nameColumns: number;
  readonly paint?: (text: string) => string;
}

/** The names, and what is known folded beside them. A long name has half of the pane at most. */
export function factRows(
  facts: readonly FactRow[],
  { columns, palette, nameColumns, paint = (text) => text }: FactStyle,
): readonly string[] {
  return facts.flatMap(([name, known]) => {
    const shown = truncate(plainText(name), Math.floor(columns / 2), widthOf);
    const title = ` ${shown}${' '.repeat(Math.max(0, Math.min(nameColumns, Math.floor(columns / 2)) - widthOf(shown)))}  `;
    const indent = widthOf(title);
    const lines = typeof known === 'string' ? [known] : (known ?? []);
    return lines
      .flatMap((line) => foldStyled(plainText(line), columns - indent))
      .map((row, index) => (index === 0 ? palette.dim(title) : ' '.repeat(indent)) + paint(row));
  });
}

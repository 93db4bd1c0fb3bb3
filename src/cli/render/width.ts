// Texts in the columns of a terminal: made harmless, and cut to so many. How wide a text is, is told by a function that is handed in.

/** Columns of the terminal that a text takes. */
export type WidthOf = (text: string) => number;

/** One column a character, and no control characters. */
const SIMPLE = /^[ -~↺…]*$/;

/** Whether the text has one column a character, as nearly all have. For others `wide.ts` is needed, which costs `ls` a millisecond to load. */
export function isSimple(text: string): boolean {
  return SIMPLE.test(text);
}

/** The width of simple texts. */
export const simpleWidthOf: WidthOf = (text) => text.length;

/** The text, or as much of it as fits before a `…`. Never cuts a character apart. */
export function truncate(text: string, width: number, widthOf: WidthOf): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (widthOf(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text with control characters replaced: a name must not move the cursor or break a row. */
export function printable(text: string): string {
  return isSimple(text) ? text : text.replaceAll(/\p{Cc}/gu, '\ufffd');
}

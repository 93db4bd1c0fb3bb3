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
  return widthOf(text) <= width ? text : `${beginning(text, width - 1, widthOf)}…`;
}

/** The text in lines of at most that width: broken at blanks where there are any, anywhere else. No character is cut apart, and a line has at least one. */
export function wrap(text: string, width: number, widthOf: WidthOf): string[] {
  const lines: string[] = [];
  let rest = text;
  while (widthOf(rest) > width) {
    const fitting = beginning(rest, width, widthOf);
    const blank = rest[fitting.length] === ' ' ? fitting.length : fitting.lastIndexOf(' ');
    const line = blank > 0 ? rest.slice(0, blank) : fitting || firstCharacter(rest);
    lines.push(line);
    rest = rest.slice(line.length + (blank > 0 ? 1 : 0));
  }
  return rest === '' && lines.length > 0 ? lines : [...lines, rest];
}

function beginning(text: string, width: number, widthOf: WidthOf): string {
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (widthOf(kept + segment) > width) break;
    kept += segment;
  }
  return kept;
}

function firstCharacter(text: string): string {
  const [first] = new Intl.Segmenter().segment(text);
  return first?.segment ?? '';
}

/** The text with control characters replaced: a name must not move the cursor or break a row. */
export function printable(text: string): string {
  return isSimple(text) ? text : text.replaceAll(/\p{Cc}/gu, '\ufffd');
}

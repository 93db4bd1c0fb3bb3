// The box that PM2 draws around its tables: rules between the rows, bars between the cells. It knows nothing of what is in them.

type Paint = (text: string) => string;

/** The horizontal lines, by where they stand. */
const RULES = { top: '┌┬┐', middle: '├┼┤', bottom: '└┴┘' } as const;

/** What the box adds to the width of its cells: a blank on both sides of each, and a bar around and between them. */
export function frameWidth(columns: number): number {
  return 3 * columns + 1;
}

/** A horizontal line for cells of these widths, with a newline. */
export function renderRule(where: keyof typeof RULES, widths: readonly number[], paint: Paint): string {
  const [left, cross, right] = RULES[where];
  return `${paint(`${left}${widths.map((width) => '─'.repeat(width + 2)).join(cross)}${right}`)}\n`;
}

/** A row of cells that are padded already, with a newline. */
export function renderFrameRow(cells: readonly string[], paint: Paint): string {
  const bar = paint('│');
  return `${bar} ${cells.join(` ${bar} `)} ${bar}\n`;
}

// A page of facts: names to the left, what is known to the right. Pure.
import type { Palette } from './colour.ts';
import { printable } from './width.ts';

/** A name and what is known; null leaves the line out. Further lines stand under the first. `paint` colours what is known. */
export type FactRow = readonly [name: string, known: string | readonly string[] | null, paint?: (text: string) => string];

/** A heading, and its facts aligned below. `paintTitle` may be given an already painted part. */
export function renderFacts(title: string, facts: readonly FactRow[], palette: Palette): string {
  const shown = facts.flatMap(([name, known, paint = asIs]) =>
    known === null || known.length === 0 ? [] : [{ name, lines: typeof known === 'string' ? [known] : known, paint }],
  );
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  const rows = shown.flatMap(({ name, lines, paint }) =>
    lines.map((line, index) => `  ${palette.dim((index === 0 ? name : '').padEnd(width))}  ${paint(printable(line))}\n`),
  );
  return `${title}\n${rows.join('')}`;
}

function asIs(text: string): string {
  return text;
}

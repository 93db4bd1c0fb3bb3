// Our lines in a file of somebody else, between two marks: put in, renewed, taken out; all else stays as it is. Pure.

/** The lines around ours in `name`'s block. */
export function marksOf(name: string): { readonly begin: string; readonly end: string } {
  return { begin: `# >>> ${name} completion >>>`, end: `# <<< ${name} completion <<<` };
}

/** The text with `lines` in the block, at its end where there was none; with null without the block. Null where the marks are broken. */
export function withBlock(text: string, name: string, lines: string | null): string | null {
  const { begin, end } = marksOf(name);
  const rows = text.split('\n');
  const [first, last] = [rows.indexOf(begin), rows.indexOf(end)];
  const isBroken = first !== rows.lastIndexOf(begin) || last !== rows.lastIndexOf(end) || first < 0 !== last < 0 || last < first;
  if (isBroken) return null;
  const block = lines === null ? [] : [begin, ...lines.replace(/\n$/, '').split('\n'), end];
  if (first >= 0) return [...rows.slice(0, first), ...block, ...rows.slice(last + 1)].join('\n');
  if (lines === null) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block.join('\n')}\n`;
}

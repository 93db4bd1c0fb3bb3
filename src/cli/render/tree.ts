// Values by name as a tree of lines. Pure.

/** `├─ name: value` for a value, a branch of its own for what has parts. */
export function renderTree(values: Readonly<Record<string, unknown>>, indent = ''): string {
  const entries = Object.entries(values);
  return entries
    .map(([name, value], at) => {
      const isLast = at === entries.length - 1;
      const line = `${indent}${isLast ? '└─' : '├─'} ${name}`;
      if (typeof value !== 'object' || value === null) return `${line}: ${String(value)}\n`;
      return `${line}\n${renderTree(value as Readonly<Record<string, unknown>>, `${indent}${isLast ? '   ' : '│  '}`)}`;
    })
    .join('');
}

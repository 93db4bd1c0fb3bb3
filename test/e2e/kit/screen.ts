// What a terminal shows after all that was written to it: the few control sequences that we use (ECMA-48), and nothing else.

/** The lines of the screen, without blanks at their ends. Throws at a sequence that it does not know. */
export function screenOf(written: string, columns: number): string[] {
  const screen: string[] = [''];
  let row = 0;
  let column = 0;
  const put = (text: string): void => {
    screen[row] = (screen[row] ?? '').padEnd(column).slice(0, column) + text + (screen[row] ?? '').slice(column + text.length);
    column += text.length;
  };
  // Control sequences are what this looks for.
  // oxlint-disable-next-line no-control-regex
  for (const [token] of written.matchAll(/\u001b\[[0-9;?]*[A-Za-z]|[^]/gu)) {
    if (token === '\n') row += 1;
    else if (token === '\r') column = 0;
    else if (/^\u001b\[\d+A$/.test(token)) row = Math.max(0, row - Number(token.slice(2, -1)));
    else if (token === '\u001b[K') screen[row] = (screen[row] ?? '').slice(0, column);
    else if (token === '\u001b[2K') screen[row] = '';
    else if (token === '\u001b[J') screen.splice(row, Infinity, (screen[row] ?? '').slice(0, column));
    else if (token.startsWith('\u001b')) throw new Error(`unknown control sequence ${JSON.stringify(token)}`);
    else {
      // A full line goes on in the next one.
      if (column === columns) [row, column] = [row + 1, 0];
      put(token);
    }
    screen[row] ??= '';
  }
  const lines = screen.map((line) => line.trimEnd());
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}

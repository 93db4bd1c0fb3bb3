// What a terminal shows after all that was written to it: the few control sequences that we use (ECMA-48; xterm for private modes), and nothing else. Styles are left out.

/** The lines of the screen, without blanks at their ends. Throws at a sequence that it does not know. */
export function screenOf(written: string, columns: number): string[] {
  const terminal = new Terminal(columns);
  // Control sequences are what this looks for.
  // oxlint-disable-next-line no-control-regex
  for (const [token] of written.matchAll(/\u001b\[[0-9;?]*[A-Za-z]|[^]/gu)) terminal.take(token);
  return terminal.lines();
}

class Terminal {
  readonly #columns: number;
  #screen: string[] = [''];
  #row = 0;
  #column = 0;
  /** What is shown again after the alternate screen. */
  #main: { readonly screen: string[]; readonly row: number; readonly column: number } | null = null;

  constructor(columns: number) {
    this.#columns = columns;
  }

  take(token: string): void {
    if (token === '\n') this.#row += 1;
    else if (token === '\r') this.#column = 0;
    else if (token.startsWith('\u001b')) this.#obey(token);
    else this.#put(token);
    this.#screen[this.#row] ??= '';
  }

  lines(): string[] {
    const lines = Array.from({ length: this.#screen.length }, (_, row) => (this.#screen[row] ?? '').trimEnd());
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  }

  #obey(sequence: string): void {
    const line = this.#screen[this.#row] ?? '';
    const [, parameters = '', final = ''] = /^\u001b\[([0-9;?]*)([A-Za-z])$/.exec(sequence) ?? [];
    const numbers = parameters.split(';').map((one) => Number(one) || 1);
    if (final === 'A') this.#row = Math.max(0, this.#row - numbers[0]!);
    else if (final === 'H') [this.#row, this.#column] = [numbers[0]! - 1, (numbers[1] ?? 1) - 1];
    else if (final === 'G') this.#column = numbers[0]! - 1;
    else if (sequence === '\u001b[K') this.#screen[this.#row] = line.slice(0, this.#column);
    else if (sequence === '\u001b[2K') this.#screen[this.#row] = '';
    else if (sequence === '\u001b[J') this.#screen.splice(this.#row, Infinity, line.slice(0, this.#column));
    else if (sequence === '\u001b[2J') this.#screen = [];
    else if (sequence === '\u001b[?1049h') this.#toAlternate();
    else if (sequence === '\u001b[?1049l') this.#toMain();
    else if (final !== 'm' && !/^\?(?:7|25|2004|2026)$/.test(parameters))
      throw new Error(`unknown control sequence ${JSON.stringify(sequence)}`);
  }

  #put(text: string): void {
    // A full line goes on in the next one.
    if (this.#column === this.#columns) [this.#row, this.#column] = [this.#row + 1, 0];
    const line = this.#screen[this.#row] ?? '';
    this.#screen[this.#row] = line.padEnd(this.#column).slice(0, this.#column) + text + line.slice(this.#column + text.length);
    this.#column += text.length;
  }

  #toAlternate(): void {
    this.#main = { screen: this.#screen, row: this.#row, column: this.#column };
    this.#screen = [];
  }

  #toMain(): void {
    if (this.#main === null) return;
    ({ screen: this.#screen, row: this.#row, column: this.#column } = this.#main);
    this.#main = null;
  }
}

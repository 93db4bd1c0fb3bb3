// Parses JSON as people write it: comments, trailing commas, single quotes, bare keys. Data only: nothing is ever evaluated.

/** A mistake in a text, with its place (both from 1) and the line with a caret under it. */
export class TextSyntaxError extends Error {
  readonly line: number;
  readonly column: number;
  readonly frame: string;

  constructor(reason: string, text: string, offset: number) {
    super(reason);
    const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
    this.line = lines.length;
    this.column = lines.at(-1)!.length + 1;
    this.frame = frameAt(text, this.line, this.column);
  }
}

/** The line and a caret under the column, cut to what fits a terminal. */
export function frameAt(text: string, line: number, column: number): string {
  const content = (text.split(/\r\n|\r|\n/)[line - 1] ?? '').replaceAll('\t', ' ');
  const from = Math.max(0, column - 50);
  return `${content.slice(from, from + 100)}\n${' '.repeat(column - 1 - from)}^`;
}

/** A key that stands twice in one object. */
export interface DuplicateKey {
  readonly key: string;
  readonly line: number;
}

export interface ParsedJson {
  readonly value: unknown;
  readonly duplicates: readonly DuplicateKey[];
}

const MAX_DEPTH = 200;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '0': '\0' };
const CONSTANTS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null, undefined };

/** Parses `text`; throws TextSyntaxError. Of a duplicate key the last value counts, as in JSON.parse. */
export function parseTolerantJson(text: string): ParsedJson {
  const parser = new Parser(text.replace(/^\uFEFF/, ''));
  const value = parser.readDocument();
  return { value, duplicates: parser.duplicates };
}

class Parser {
  readonly duplicates: DuplicateKey[] = [];
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  readDocument(): unknown {
    this.skipBlank();
    if (this.at === this.text.length) throw this.fail('it is empty');
    const value = this.readValue();
    this.skipBlank();
    if (this.text[this.at] === ';') this.at += 1;
    this.skipBlank();
    if (this.at < this.text.length) throw this.fail(`unexpected ${this.show()} after the end of the value`);
    return value;
  }

  private readValue(): unknown {
    const char = this.text[this.at];
    if (char === '{') return this.nest(() => this.readObject());
    if (char === '[') return this.nest(() => this.readList());
    if (char === '"' || char === "'" || char === '`') return this.readString(char);
    const number = this.take(/[+-]?(?:0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?![\w$])/iy);
    if (number !== null) return Number(number);
    const start = this.at;
    const word = this.take(/[A-Za-z_$][\w$.]*/y);
    if (word !== null && Object.hasOwn(CONSTANTS, word)) return CONSTANTS[word];
    this.at = start;
    throw this.fail(
      word === null
        ? `unexpected ${this.show()}, a value is expected`
        : `${word} is not a value: JSON is data and is not evaluated (for code, name the file .config.js)`,
    );
  }

  private nest<T>(read: () => T): T {
    if (this.depth === MAX_DEPTH) throw this.fail(`more than ${MAX_DEPTH} levels`);
    this.depth += 1;
    this.at += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  private readObject(): unknown {
    const entries = new Map<string, unknown>();
    for (;;) {
      this.skipBlank();
      if (this.takeChar('}')) return Object.fromEntries(entries);
      const keyAt = this.at;
      const key = this.readKey();
      this.skipBlank();
      if (!this.takeChar(':')) throw this.fail(`unexpected ${this.show()}, ":" is expected after the key ${JSON.stringify(key)}`);
      this.skipBlank();
      if (entries.has(key)) this.duplicates.push({ key, line: new TextSyntaxError('', this.text, keyAt).line });
      entries.set(key, this.readValue());
      this.endItem('}');
    }
  }

  private readList(): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      this.skipBlank();
      if (this.takeChar(']')) return items;
      items.push(this.readValue());
      this.endItem(']');
    }
  }

  private endItem(close: string): void {
    this.skipBlank();
    if (this.takeChar(',') || this.text[this.at] === close) return;
    throw this.fail(`unexpected ${this.show()}, "," or "${close}" is expected`);
  }

  private readKey(): string {
    const char = this.text[this.at];
    if (char === '"' || char === "'") return this.readString(char);
    const bare = this.take(/[\p{L}_$][\p{L}\p{N}_$-]*|\d+/uy);
    if (bare === null) throw this.fail(`unexpected ${this.show()}, a key or "}" is expected`);
    return bare;
  }

  private readString(quote: string): string {
    const start = this.at;
    this.at += 1;
    let value = '';
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined || (char === '\n' && quote !== '`')) throw this.fail('a string that is not closed', start);
      if (char === '$' && quote === '`' && this.text[this.at + 1] === '{')
        throw this.fail('`${...}` is code: JSON is data and is not evaluated (name the file .config.js)');
      this.at += 1;
      if (char === quote) return value;
      value += char === '\\' ? this.readEscape() : char;
    }
  }

  private readEscape(): string {
    const code = this.take(/u[\da-f]{4}|x[\da-f]{2}/iy);
    if (code !== null) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const char = this.text[this.at];
    if (char === undefined) throw this.fail('a string that is not closed');
    if (char === 'u' || char === 'x') throw this.fail('an escape without its hexadecimal digits', this.at - 1);
    this.at += 1;
    return char === '\n' ? '' : (ESCAPES[char] ?? char);
  }

  private skipBlank(): void {
    while (this.take(/(?:[\s\uFEFF]+|\/\/[^\n\r]*|\/\*[^]*?\*\/)/y) !== null);
    if (this.text.startsWith('/*', this.at)) throw this.fail('a comment that is not closed');
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.at += match[0].length;
    return match[0];
  }

  private takeChar(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private show(): string {
    const char = this.text[this.at];
    return char === undefined ? 'end of file' : JSON.stringify(char);
  }

  private fail(reason: string, at = this.at): TextSyntaxError {
    return new TextSyntaxError(reason, this.text, at);
  }
}

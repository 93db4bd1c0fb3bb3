// What a line must contain for a regular expression to find anything in it, read off the expression: what is without it need not be read as text.

/** One of these words is in every line in which the expression finds something. All are ASCII: their bytes are the same whatever the rest of the line is. */
export type AnyOf = readonly string[];

/** Each is looked for apart, so that more would take longer than the expression does. */
const MAX_NEEDS = 3;
const MAX_WORDS = 4;

/** What a group begins with: one that looks around for what must not be there, and one of another kind that is not known, are told apart. */
const GROUP_START = /\((?:\?(?:<?[=:]|(<?!)|<[^>]+>|(.)))?/y;
const CLASS = /\[(?:\\.|[^\]\\])*\]/y;
const ESCAPE = /\\(?:u\{[0-9a-f]+\}|p\{[\w=]*\}|c[a-z]|x[0-9a-f]{2}|u[0-9a-f]{4}|\d+|.)/iy;
const QUANTIFIER = /(?:([*?])|\+|\{(\d+)(?:,\d*)?\})\??/y;

/** A character that is found as it is, or what a group needs. Of most others nothing is known. */
type Term = { readonly text: string } | { readonly needs: readonly AnyOf[] };
const UNKNOWN: Term = { needs: [] };

/** All of them are needed, the most telling one first; none where nothing can be said. */
export function requiredWords({ source, flags }: Pick<RegExp, 'source' | 'flags'>): readonly AnyOf[] {
  // Where letters stand for others, classes are in classes, or `\k<name>` may mean just that, it is not looked into.
  if (/[iv]/.test(flags) || source.includes('\\k')) return [];
  const needs = new ExpressionReader(source).disjunction().filter((words) => words.length <= MAX_WORDS);
  return needs.toSorted((a, b) => shortest(b) - shortest(a)).slice(0, MAX_NEEDS);
}

/** Reads a valid expression from its beginning to its end (ECMA-262, 22.2.1 and B.1.2). */
class ExpressionReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  disjunction(): readonly AnyOf[] {
    const alternatives = [this.#alternative()];
    while (this.#take('|')) alternatives.push(this.#alternative());
    if (alternatives.length === 1) return alternatives[0]!;
    if (alternatives.some((needs) => needs.length === 0)) return [];
    return [alternatives.flatMap((needs) => needs.reduce((best, words) => (shortest(words) > shortest(best) ? words : best)))];
  }

  #alternative(): readonly AnyOf[] {
    const needs: AnyOf[] = [];
    let word = '';
    const endWord = (): void => {
      if (word !== '') needs.push([word]);
      word = '';
    };
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      const term = this.#term();
      const times = this.#quantifier();
      if ('text' in term && times !== 'perhaps') word += term.text;
      if ('needs' in term || times !== 'once') endWord();
      if ('needs' in term && times !== 'perhaps') needs.push(...term.needs);
    }
    endWord();
    return needs;
  }

  #term(): Term {
    const character = this.#source[this.#at]!;
    if (character === '(') return this.#group();
    if (character === '[') return this.#class();
    if (character === '\\') return this.#escape();
    this.#at += 1;
    return '.^$'.includes(character) ? UNKNOWN : literal(character);
  }

  #group(): Term {
    const [, not, other] = this.#match(GROUP_START)!;
    const needs = this.disjunction();
    this.#take(')');
    // Another kind, such as `(?i:`, may change what the letters in it mean.
    return not !== undefined || other !== undefined ? UNKNOWN : { needs };
  }

  #class(): Term {
    this.#match(CLASS);
    return UNKNOWN;
  }

  #escape(): Term {
    const [escape] = this.#match(ESCAPE)!;
    return /^\\[^0-9A-Za-z]$/.test(escape) ? literal(escape[1]!) : UNKNOWN;
  }

  #quantifier(): 'once' | 'perhaps' | 'several' {
    const match = this.#match(QUANTIFIER);
    if (match === null) return 'once';
    const [, optional, least] = match;
    return optional !== undefined || Number(least) === 0 ? 'perhaps' : 'several';
  }

  #take(character: string): boolean {
    const isThere = this.#source[this.#at] === character;
    if (isThere) this.#at += 1;
    return isThere;
  }

  #match(what: RegExp): RegExpExecArray | null {
    what.lastIndex = this.#at;
    const match = what.exec(this.#source);
    if (match !== null) this.#at = what.lastIndex;
    return match;
  }
}

function literal(character: string): Term {
  return /^[ -~]$/.test(character) ? { text: character } : UNKNOWN;
}

function shortest(words: AnyOf): number {
  return Math.min(...words.map((word) => word.length));
}

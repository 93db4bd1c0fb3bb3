// What is pressed at a terminal, read from what the terminal sends (ECMA-48; xterm, "PC-Style Function Keys"). Pure.

/** Keys in their order, and what may be the beginning of a longer one. */
export interface KeyReading {
  readonly keys: readonly string[];
  readonly rest: string;
}

/** Named keys; every other character is a key by itself. */
const NAMES: Readonly<Record<string, string>> = {
  '\u001b[A': 'up',
  '\u001bOA': 'up',
  '\u001b[B': 'down',
  '\u001bOB': 'down',
  '\u001b[C': 'right',
  '\u001bOC': 'right',
  '\u001b[D': 'left',
  '\u001bOD': 'left',
  '\u001b[H': 'home',
  '\u001bOH': 'home',
  '\u001b[1~': 'home',
  '\u001b[F': 'end',
  '\u001bOF': 'end',
  '\u001b[4~': 'end',
  '\u001b[5~': 'page-up',
  '\u001b[6~': 'page-down',
  '\u001b[Z': 'back-tab',
  '\t': 'tab',
  '\u0003': 'ctrl-c',
  '\u0004': 'ctrl-d',
  '\u0015': 'ctrl-u',
  '\u001a': 'ctrl-z',
};

/** What is pasted is no key (xterm, "Bracketed Paste Mode"): a text must not stop an app. */
const PASTE = '\\u001b\\[200~[^]*?(?:\\u001b\\[201~|(?<unfinished>$))';
const UNFINISHED = '(?<beginning>\\u001b(?:\\[[0-?]*[ -/]*|O)?$)';
const SEQUENCE = '\\u001b(?:\\[[0-?]*[ -/]*[@-~]|O[ -~]|[^])';
const TOKENS = new RegExp(`${PASTE}|${UNFINISHED}|${SEQUENCE}|[^]`, 'gu');

/** Sequences that mean no key of ours are left out. */
export function readKeys(typed: string): KeyReading {
  const keys: string[] = [];
  for (const { 0: token, groups } of typed.matchAll(TOKENS)) {
    if (groups?.['unfinished'] !== undefined || groups?.['beginning'] !== undefined) return { keys, rest: token };
    const key = NAMES[token] ?? token;
    if (!key.startsWith('\u001b')) keys.push(key);
  }
  return { keys, rest: '' };
}

/** The keys in what nothing has followed for a while: Escape sends what all others begin with. */
export function keysIn(rest: string): readonly string[] {
  return rest === '\u001b' ? ['escape'] : [];
}

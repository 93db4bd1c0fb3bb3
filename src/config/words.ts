// Splits a string into words like a shell does, without expanding anything; and the way back.
import { shellWord } from '../model/shell-word.ts';

/** The words, and whether a quote was left open (its text is a word all the same). */
export interface Words {
  readonly words: readonly string[];
  readonly unclosed: boolean;
}

/**
 * Splits at white space; 'single' and "double" quotes keep text together where they begin a word or follow a `=`. One after other text is part of
 * the word, as in PM2: `it's`, and JSON that nobody has quoted (`{"a":1}`).
 * A backslash counts only before a quote, white space or (in double quotes) a backslash, so that Windows paths survive.
 */
export function splitWords(text: string): Words {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  let followsText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    const next = text[at + 1];
    if (quote === null && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      followsText = false;
    } else if (char === '\\' && next !== undefined && isEscaped(next, quote)) {
      word = (word ?? '') + next;
      at += 1;
      followsText = false;
    } else if (quote === null && !followsText && (char === "'" || char === '"')) {
      quote = char;
      word ??= '';
    } else if (char === quote) {
      quote = null;
      followsText = false;
    } else {
      word = (word ?? '') + char;
      followsText = quote === null && char !== '=';
    }
  }
  if (word !== null) words.push(word);
  return { words, unclosed: quote !== null };
}

/** Joins words so that `splitWords` and a POSIX shell both read the same words back. */
export function joinWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

function isEscaped(next: string, quote: string | null): boolean {
  if (quote === "'") return false;
  return quote === '"' ? next === '"' || next === '\\' : next === '"' || next === "'" || /\s/.test(next);
}

// Recognizes the date that `log_date_format` has put before a line, so that it is not taken for what the app wrote.
import { TOKEN_PATTERN } from '../model/date-format.ts';

/** What may stand where a token is. */
const SHAPES: Readonly<Record<string, string>> = {
  YYYY: '\\d{4}',
  MMMM: '[A-Z][a-z]+',
  MMM: '[A-Z][a-z]{2}',
  dddd: '[A-Z][a-z]+',
  ddd: '[A-Z][a-z]{2}',
  dd: '[A-Z][a-z]',
  d: '\\d',
  SSS: '\\d{3}',
  A: '[AP]M',
  a: '[ap]m',
  Z: '[+-]\\d\\d:\\d\\d',
  ZZ: '[+-]\\d{4}',
  M: '\\d{1,2}',
  D: '\\d{1,2}',
  H: '\\d{1,2}',
  h: '\\d{1,2}',
  m: '\\d{1,2}',
  s: '\\d{1,2}',
};

/** The length of `DATE: ` at the beginning of a line, 0 where it does not begin with one. */
export function compileDateSkipper(format: string): (line: Buffer) => number {
  let source = '';
  let end = 0;
  for (const match of format.matchAll(TOKEN_PATTERN)) {
    const word = match[0];
    source += escape(format.slice(end, match.index)) + (word.startsWith('[') ? escape(word.slice(1, -1)) : (SHAPES[word] ?? '\\d\\d'));
    end = match.index + word.length;
  }
  const pattern = new RegExp(`^${source}${escape(format.slice(end))}: `);
  // The longest name of a month or a day is nine letters.
  const lookAt = 10 * format.length + 2;
  return (line) => {
    const found = pattern.exec(line.toString('utf8', 0, Math.min(line.length, lookAt)));
    return found === null ? 0 : Buffer.byteLength(found[0]);
  };
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

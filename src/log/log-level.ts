// How serious a line says it is: what pino, winston, bunyan, zap and most others print. Pure.
import { LINE_LEVELS } from '../model/log-request.ts';
import type { LineLevel } from '../model/log-request.ts';

/** Each word for its level, in lower case. */
const WORDS: Readonly<Record<string, LineLevel>> = {
  trace: 'trace',
  silly: 'trace',
  finest: 'trace',
  debug: 'debug',
  verbose: 'debug',
  fine: 'debug',
  info: 'info',
  information: 'info',
  log: 'info',
  notice: 'info',
  http: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  severe: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
};

/** Pino and bunyan: 10 is trace, 60 fatal; what is between two belongs to the lower one. */
const PER_NUMBER = 10;
const LOOK_AT = 300;
/** SGR sequences (ECMA-48) of programs that colour their levels, and the same within JSON. */
// oxlint-disable-next-line no-control-regex
const COLOURS = /(?:\u001b|\\u001b)\[[\d;]*m/g;
const IN_JSON = /"(?:level|severity|lvl|loglevel|levelname)"\s*:\s*(?:"([a-z]+)"|(\d{1,3})\b)/i;
const IN_PAIRS = /(?:^|\s)(?:level|lvl|severity)="?([a-z]+)/i;
/** `[warn]`, `warn:`, `WARN `, at the beginning or behind a date and a name. In lower case only where brackets or a colon mark it. */
const PREFIX = /(?:^|[\s|])(?:[[(<]([a-z]{3,11})[\])>]|([a-z]{3,11}):(?=\s|$)|([A-Z]{3,11})(?=[\s:|\]-]|$))/gi;

/** The level that a line states; null for one that states none. */
export function levelIn(line: string): LineLevel | null {
  const start = (line.length > LOOK_AT ? line.slice(0, LOOK_AT) : line).replaceAll(COLOURS, '');
  if (start.startsWith('{')) {
    const match = IN_JSON.exec(start);
    if (match?.[2] !== undefined) return levelOfNumber(Number(match[2]));
    return wordLevel(match?.[1]);
  }
  return wordLevel(IN_PAIRS.exec(start)?.[1]) ?? prefixLevel(start);
}

function prefixLevel(start: string): LineLevel | null {
  for (const [, bracketed, colon, bare] of start.slice(0, 120).matchAll(PREFIX)) {
    // `an error occurred` states nothing, `ERROR occurred` does.
    if (bare !== undefined && bare !== bare.toUpperCase()) continue;
    const level = wordLevel(bracketed ?? colon ?? bare);
    if (level !== null) return level;
  }
  return null;
}

function wordLevel(word: string | undefined): LineLevel | null {
  return word === undefined ? null : (WORDS[word.toLowerCase()] ?? null);
}

function levelOfNumber(number: number): LineLevel {
  return LINE_LEVELS[Math.max(0, Math.min(Math.floor(number / PER_NUMBER) - 1, LINE_LEVELS.length - 1))]!;
}

// The options of `logs` understood: what is to be read, and how it is to look.
import { HoldfastError } from '../model/errors.ts';
import { LINE_LEVELS } from '../model/log-request.ts';
import type { LineLevel, LogRequest } from '../model/log-request.ts';
import type { Given } from './command.ts';
import { parseMoment } from './moment.ts';

/** How a line is printed. */
export type LogForm =
  | { readonly kind: 'raw' }
  | { readonly kind: 'json' }
  | { readonly kind: 'pairs' }
  /** `timeFormat`: tokens as in dayjs; null for the usual time of day. */
  | { readonly kind: 'text'; readonly timeFormat: string | null; readonly highlight: string | null };

/** What `logs` was asked for. */
export interface LogWish {
  readonly targets: readonly string[];
  readonly request: LogRequest;
  readonly form: LogForm;
}

const DEFAULT_LINES = 15;
/** PM2's. */
const DEFAULT_TIME_FORMAT = 'YYYY-MM-DD-HH:mm:ss';
/** A word that can only be meant as the format that PM2 takes behind `--timestamp`. */
const TIME_FORMAT = /^(?=.*(?:YY|MM|DD|HH|hh|mm|ss))(?:YYYY|YY|MM|DD|HH|hh|mm|SSS|ss|A|a|ZZ?|[-/:., T_])+$/;

/** Throws USAGE, naming the value and what would be accepted. */
export function readWish(given: Given, now: number): LogWish {
  const { options } = given;
  const text = (name: string): string | null => (options[name] === undefined ? null : String(options[name]));
  const timestamp = readTimestamp(given);
  const sinceMs = readMoment('since', text('since'), now);
  const untilMs = readMoment('until', text('until'), now);
  if (sinceMs !== null && untilMs !== null && sinceMs > untilMs)
    throw wrong(`--since ${text('since')} is later than --until ${text('until')}.`);
  const grep = readRegex(text('grep'));
  const isSearch = sinceMs !== null || untilMs !== null || grep !== null;
  return {
    targets: given.words.filter((word) => word !== timestamp.word),
    request: {
      streams: chooseStreams(given),
      sinceMs,
      untilMs,
      grep,
      level: readLevel(text('level')),
      lines: text('lines') === null && isSearch ? null : readLines(text('lines')),
      // What comes is later than any end that was asked for.
      follow: options['nostream'] === undefined && untilMs === null,
    },
    form: chooseForm(given, timestamp.format),
  };
}

function chooseForm({ options }: Given, timeFormat: string | null): LogForm {
  const kinds = (['json', 'raw', 'format'] as const).filter((name) => options[name] !== undefined);
  if (kinds.length > 1) throw wrong(`--${kinds[0]} and --${kinds[1]} exclude each other.`);
  if (kinds[0] !== undefined) return { kind: kinds[0] === 'format' ? 'pairs' : kinds[0] };
  return { kind: 'text', timeFormat, highlight: options['highlight'] === undefined ? null : String(options['highlight']) };
}

/** `--timestamp FORMAT` takes the next word, as PM2 does, where that can be nothing else. */
function readTimestamp({ options, words }: Given): { readonly format: string | null; readonly word: string | null } {
  const value = options['timestamp'];
  if (value === undefined) return { format: null, word: null };
  if (value !== true) return { format: String(value), word: null };
  const word = words.find((one) => TIME_FORMAT.test(one)) ?? null;
  return { format: word ?? DEFAULT_TIME_FORMAT, word };
}

function chooseStreams({ options }: Given): LogRequest['streams'] {
  const named = (['out', 'err'] as const).filter((stream) => options[stream] !== undefined);
  const chosen: LogRequest['streams'] = options['events'] === undefined ? named : [...named, 'event'];
  if (chosen.length > 0) return chosen;
  // Raw output is for programs that read what the app wrote.
  return options['raw'] === undefined ? ['out', 'err', 'event'] : ['out', 'err'];
}

function readLines(given: string | null): number {
  if (given === null) return DEFAULT_LINES;
  if (/^\d{1,7}$/.test(given)) return Number(given);
  throw wrong(`--lines is ${JSON.stringify(given)}, which is no number of lines.`, 'holdfast logs --lines 100');
}

function readMoment(name: 'since' | 'until', given: string | null, now: number): number | null {
  if (given === null) return null;
  const at = parseMoment(given, now);
  if (at !== undefined) return at;
  throw wrong(
    `--${name} is ${JSON.stringify(given)}, which is no moment; it takes 10m or 2h (ago), 08:30 (today), 2026-11-29 or "2026-11-29 08:30".`,
    `holdfast logs --${name} 10m`,
  );
}

function readRegex(given: string | null): RegExp | null {
  if (given === null) return null;
  try {
    return new RegExp(given);
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: /, '');
    throw wrong(`--grep is ${JSON.stringify(given)}, which is no regular expression (${reason}).`, 'holdfast logs --grep ECONNREFUSED');
  }
}

function readLevel(given: string | null): LineLevel | null {
  if (given === null) return null;
  const level = LINE_LEVELS.find((one) => one === given.toLowerCase());
  if (level !== undefined) return level;
  throw wrong(`--level is ${JSON.stringify(given)}, which is none of ${LINE_LEVELS.join(', ')}.`, 'holdfast logs --level warn');
}

function wrong(reason: string, hint = 'holdfast logs --help'): HoldfastError {
  return new HoldfastError('USAGE', `Cannot run holdfast logs: ${reason}`, { hint });
}

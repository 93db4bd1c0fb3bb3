// Dates as PM2's `log_date_format` spells them (the tokens of dayjs: https://day.js.org/docs/en/display/format), compiled once.

/** Epoch milliseconds to text, in the local time zone of this process. */
export type DateFormatter = (epochMs: number) => string;

/** What `time: true` stands for, and what PM2 puts before the lines of its own log. */
export const TIME_FORMAT = 'YYYY-MM-DDTHH:mm:ss';

type Part = string | ((date: Date) => string);

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const TOKENS: Readonly<Record<string, (date: Date) => string>> = {
  YYYY: (date) => pad(date.getFullYear(), 4),
  YY: (date) => pad(date.getFullYear() % 100, 2),
  MMMM: (date) => MONTHS[date.getMonth()]!,
  MMM: (date) => MONTHS[date.getMonth()]!.slice(0, 3),
  MM: (date) => pad(date.getMonth() + 1, 2),
  M: (date) => String(date.getMonth() + 1),
  DD: (date) => pad(date.getDate(), 2),
  D: (date) => String(date.getDate()),
  dddd: (date) => DAYS[date.getDay()]!,
  ddd: (date) => DAYS[date.getDay()]!.slice(0, 3),
  dd: (date) => DAYS[date.getDay()]!.slice(0, 2),
  d: (date) => String(date.getDay()),
  HH: (date) => pad(date.getHours(), 2),
  H: (date) => String(date.getHours()),
  hh: (date) => pad(hourOfTwelve(date), 2),
  h: (date) => String(hourOfTwelve(date)),
  A: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  a: (date) => (date.getHours() < 12 ? 'am' : 'pm'),
  mm: (date) => pad(date.getMinutes(), 2),
  m: (date) => String(date.getMinutes()),
  ss: (date) => pad(date.getSeconds(), 2),
  s: (date) => String(date.getSeconds()),
  SSS: (date) => pad(date.getMilliseconds(), 3),
  ZZ: (date) => zone(date, ''),
  Z: (date) => zone(date, ':'),
};

/** Longest first, so that MMMM is not read as twice MM; `[text]` stands for itself. */
export const TOKEN_PATTERN = new RegExp(
  `\\[[^\\]]*\\]|${Object.keys(TOKENS)
    .toSorted((a, b) => b.length - a.length)
    .join('|')}`,
  'g',
);

/** Compiles a format. What is no token stands for itself. The last result is kept: a flood of lines within one second (or millisecond, with SSS) costs one. */
export function compileDateFormat(format: string): DateFormatter {
  const parts = parse(format);
  const resolutionMs = parts.includes(TOKENS['SSS']!) ? 1 : 1000;
  let cachedTick = Number.NaN;
  let cached = '';
  return (epochMs) => {
    const tick = Math.floor(epochMs / resolutionMs);
    if (tick !== cachedTick) {
      const date = new Date(epochMs);
      cached = parts.map((part) => (typeof part === 'string' ? part : part(date))).join('');
      cachedTick = tick;
    }
    return cached;
  };
}

function parse(format: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of format.matchAll(TOKEN_PATTERN)) {
    const word = match[0];
    parts.push(format.slice(end, match.index), TOKENS[word] ?? word.slice(1, -1));
    end = match.index + word.length;
  }
  return [...parts, format.slice(end)];
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function hourOfTwelve(date: Date): number {
  return date.getHours() % 12 || 12;
}

function zone(date: Date, separator: string): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}${separator}${pad(size % 60, 2)}`;
}

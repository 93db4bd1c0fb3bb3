// Reads one raw value as the kind its attribute has. Pure; it knows no attribute by name.
import { constants } from 'node:os';
import type { BalancePolicy } from '../model/app-spec.ts';
import { STOP_SIGNALS } from '../model/stop-signal.ts';
import type { StopSignal } from '../model/stop-signal.ts';
import { parseDuration, parseSize } from '../model/units.ts';
import { readDependencies } from './read-dependencies.ts';
import { readPatterns, readWatch } from './read-watch.ts';
import type { Kind, KindValues } from './schema.ts';
import { splitWords } from './words.ts';

/** A value, perhaps with a remark on how it was written; or the reason why it is none. `why` completes "KEY is VALUE, ...". */
export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly remark: string | null }
  | { readonly ok: false; readonly why: string; readonly accepted: string };

/** Whether nothing was said: undefined and null as in PM2, and the empty string (an environment variable that is set to nothing). */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Reads `value`, which is not absent, as `kind`. */
export function readValue<K extends Kind>(kind: K, value: unknown): Reading<KindValues[K]> {
  const read = READERS[kind] as (value: unknown) => Reading<KindValues[K]>;
  return read(value);
}

const READERS: { readonly [K in Kind]: (value: unknown) => Reading<KindValues[K]> } = {
  text: readText,
  words: readWords,
  flag: readFlag,
  duration: readDuration,
  pause: (value) => (isFalse(value) ? good(0) : readDuration(value)),
  size: readSize,
  count: readCount,
  port: (value) => readWhole(value, { least: 0, most: 65_535, accepted: 'a port number, 0 to 65535' }),
  instances: readInstances,
  mode: readMode,
  file: readFile,
  extraFile: (value) => (isFalse(value) ? good(null) : isTrue(value) ? good(true) : readFile(value)),
  logType: readLogType,
  keep: readKeep,
  period: readPeriod,
  format: (value) => (isFalse(value) ? good(null) : readText(value)),
  switchedText: (value) => (isFalse(value) || String(value).trim() === '0' ? good(null) : readText(value)),
  codes: readCodes,
  variables: readVariables,
  files: readFiles,
  filter: readFilter,
  account: readAccount,
  surge: readSurge,
  policy: readPolicy,
  signal: readSignal,
  verdict: readVerdict,
  dependencies: readDependencies,
  watch: readWatch,
  patterns: readPatterns,
  section: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? good(value as Readonly<Record<string, unknown>>)
      : wrong('which is no object', 'an object such as { readiness: { http: "/ready" } }'),
};

const TEXT = 'a string';
const BALANCE_POLICIES: readonly BalancePolicy[] = ['round-robin', 'least-connections', 'ip-hash', 'kernel'];
const WORDS = 'a string, or a list of strings';
const DURATION = 'milliseconds, or a string such as "10s", "500ms", "2m"';
const SIZE = 'bytes, or a string such as "300K", "150M", "1.5G"';
const INSTANCES = 'a whole number, "max", 0 (all cores) or -1 (all but one)';
const FILE = 'a path, or "/dev/null" to store nothing';
const FILES = 'a path, or a list of paths';
const FILTER = 'true (inherit nothing), the name of a variable, or a list of parts of names';
const ACCOUNT = 'a name or a number';
const PERIOD = 'a period such as "1h", "1d", "7d", or a crontab line such as "0 0 * * *", "0 * * * *", "*/30 * * * *"';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const CODES = 'a number from 0 to 255, or a list of them';

function good<T>(value: T, remark: string | null = null): Reading<T> {
  return { ok: true, value, remark };
}

function wrong<T>(why: string, accepted: string): Reading<T> {
  return { ok: false, why, accepted };
}

function isFalse(value: unknown): boolean {
  return value === false || (typeof value === 'string' && value.trim().toLowerCase() === 'false');
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.trim().toLowerCase() === 'true');
}

function readText(value: unknown): Reading<string> {
  if (typeof value !== 'string' && typeof value !== 'number') return wrong('which is no string', TEXT);
  const text = String(value);
  return text.includes('\0') ? wrong('which has a NUL character', TEXT) : good(text);
}

function readWords(value: unknown): Reading<readonly string[]> {
  if (typeof value === 'string' || typeof value === 'number') {
    const { words, unclosed } = splitWords(String(value));
    return String(value).includes('\0')
      ? wrong('which has a NUL character', WORDS)
      : good(words, unclosed ? 'has a quote that is not closed' : null);
  }
  if (!Array.isArray(value)) return wrong('which is no list of words', WORDS);
  const items = value.filter((item) => item !== undefined && item !== null) as unknown[];
  const bad = items.find((item) => !['string', 'number', 'boolean'].includes(typeof item) || String(item).includes('\0'));
  return bad === undefined ? good(items.map(String)) : wrong('with an item that is no string', WORDS);
}

function readFlag(value: unknown): Reading<boolean> {
  const text = ['boolean', 'number', 'string'].includes(typeof value) ? String(value).trim().toLowerCase() : '';
  if (!['true', 'false', '1', '0'].includes(text)) return wrong('which is neither true nor false', 'true or false');
  return good(text === 'true' || text === '1');
}

function readDuration(value: unknown): Reading<number> {
  const duration = typeof value === 'number' || typeof value === 'string' ? parseDuration(value) : undefined;
  return duration === undefined ? wrong('which is no duration', DURATION) : good(duration);
}

function readSize(value: unknown): Reading<number | null> {
  if (isFalse(value)) return good(null);
  const size = typeof value === 'number' || typeof value === 'string' ? parseSize(value) : undefined;
  if (size === undefined) return wrong('which is no size', SIZE);
  return good(size === 0 ? null : size);
}

/** A number, or a string that is one; `4,` is taken as 4 with a remark (a comma too many in YAML). */
function toNumber(value: unknown): { readonly number: number; readonly remark: string | null } | null {
  if (typeof value === 'number') return { number: value, remark: null };
  const match = typeof value === 'string' ? /^\s*([+-]?\d+(?:\.\d+)?)\s*(,?)\s*$/.exec(value) : null;
  return match === null ? null : { number: Number(match[1]), remark: match[2] === ',' ? `has a stray comma, read as ${match[1]}` : null };
}

function readWhole(value: unknown, limits: { readonly least: number; readonly most: number; readonly accepted: string }): Reading<number> {
  const read = toNumber(value);
  if (read === null || !Number.isSafeInteger(read.number)) return wrong('which is no whole number', limits.accepted);
  const fits = read.number >= limits.least && read.number <= limits.most;
  return fits ? good(read.number, read.remark) : wrong('which is out of range', limits.accepted);
}

/** JSON has no Infinity: it could neither be stored nor sent. */
function readCount(value: unknown): Reading<number> {
  const accepted = `a whole number from 0${value === Infinity ? ', such as 1000000 for as good as no limit' : ''}`;
  return readWhole(value, { least: 0, most: Number.MAX_SAFE_INTEGER, accepted });
}

function readInstances(value: unknown): Reading<number | 'max'> {
  if (typeof value === 'string' && /^\s*(max|auto)\s*$/i.test(value)) return good('max');
  return readWhole(value, { least: -10_000, most: 10_000, accepted: INSTANCES });
}

function readMode(value: unknown): Reading<'fork' | 'cluster'> {
  const match = typeof value === 'string' ? /^\s*(fork|cluster)(_mode)?\s*$/i.exec(value) : null;
  return match === null ? wrong('which is no mode', '"fork" or "cluster"') : good(match[1]!.toLowerCase() as 'fork' | 'cluster');
}

function readSurge(value: unknown): Reading<'one' | 'all'> {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';
  if (text === 'all') return good('all');
  return text === '1' || text === 'one' ? good('one') : wrong('which is no surge', '1 (or "one"), or "all"');
}

function readPolicy(value: unknown): Reading<BalancePolicy> {
  const text = typeof value === 'string' ? value.trim().toLowerCase().replaceAll('_', '-') : '';
  const found = BALANCE_POLICIES.find((policy) => policy === text);
  return found === undefined ? wrong('which is no policy', BALANCE_POLICIES.map((policy) => `"${policy}"`).join(', ')) : good(found);
}

/** By its name, in any case and with or without SIG, or by its number. */
function readSignal(value: unknown): Reading<StopSignal> {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim().toUpperCase() : '';
  const found = STOP_SIGNALS.find((signal) => [signal, signal.slice('SIG'.length), String(constants.signals[signal])].includes(text));
  return found === undefined ? wrong('which is no stop signal', `one of ${STOP_SIGNALS.join(', ')}`) : good(found);
}

function readVerdict(value: unknown): Reading<'fail' | 'accept'> {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'fail' || text === 'accept' ? good(text) : wrong('which is no verdict', '"fail" or "accept"');
}

function readFile(value: unknown): Reading<string | null> {
  const text = readText(value);
  if (!text.ok) return wrong(text.why, FILE);
  if (text.value === '/dev/null' || text.value === 'NULL') return good(null);
  return text.value.endsWith('/') ? wrong('which is a folder', FILE) : good(text.value);
}

/** A path may have blanks: a string is one path. */
function readFiles(value: unknown): Reading<readonly string[]> {
  const items: unknown[] = (Array.isArray(value) ? value : [value]).filter((item) => !isAbsent(item));
  const isPath = (item: unknown): item is string => typeof item === 'string' && !item.includes('\0');
  return items.every(isPath) ? good(items.map((item) => item.trim())) : wrong('which is no path', FILES);
}

function readFilter(value: unknown): Reading<boolean | string | readonly string[]> {
  if (typeof value === 'boolean' || isFalse(value)) return good(value === true);
  if (typeof value === 'string') return good(/^\s*true\s*$/i.test(value) || value.trim());
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string' || item === '')) return wrong('which is no filter', FILTER);
  return good(value as string[]);
}

function readAccount(value: unknown): Reading<string> {
  const text = String(value).trim();
  const isOne = (typeof value === 'string' || typeof value === 'number') && /^(\d+|[A-Za-z_][\w.$-]*)$/.test(text);
  return isOne ? good(text) : wrong('which is no account', ACCOUNT);
}

function readLogType(value: unknown): Reading<'json' | 'raw'> {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'json' || text === 'raw' ? good(text) : wrong('which is no type of log', '"json" or "raw"');
}

function readKeep(value: unknown): Reading<number | null> {
  if (isFalse(value) || (typeof value === 'string' && value.trim().toLowerCase() === 'all')) return good(null);
  return readWhole(value, { least: 0, most: 100_000, accepted: 'a whole number from 0, or "all"' });
}

function readPeriod(value: unknown): Reading<number | null> {
  if (isFalse(value)) return good(null);
  const fields = typeof value === 'string' ? value.trim().split(/\s+/) : [];
  if (fields.length >= 5) return readCrontab(fields);
  const period = typeof value === 'number' || typeof value === 'string' ? parseDuration(value) : undefined;
  if (period === undefined) return wrong('which is no period', PERIOD);
  return good(period === 0 ? null : Math.max(period, MINUTE_MS));
}

/** The rhythms that pm2-logrotate is used with; a sixth field, in front, is the second. */
function readCrontab(fields: readonly string[]): Reading<number> {
  const [minute, hour, day, month, weekday] = fields.slice(-5);
  if (fields.length > 6 || day !== '*' || month !== '*') return wrong('which is no rhythm that is known', PERIOD);
  const rest = `${hour} ${weekday}`;
  if (rest === '* *') return readStep(minute!, { unitMs: MINUTE_MS, of: 60, once: 60 * MINUTE_MS });
  if (!/^\d+$/.test(minute!)) return wrong('which is no rhythm that is known', PERIOD);
  const atMidnight = Number(minute) === 0 && hour === '0' ? null : 'is read as once a period, at its beginning';
  if (weekday === '*') {
    const read = readStep(hour!, { unitMs: 60 * MINUTE_MS, of: 24, once: DAY_MS });
    return read.ok ? good(read.value, /^\d+$/.test(hour!) ? atMidnight : null) : read;
  }
  return /^[0-7]$/.test(weekday!) && /^\d+$/.test(hour!)
    ? good(7 * DAY_MS, weekday === '0' || weekday === '7' ? atMidnight : 'is read as once a week, on Sunday')
    : wrong('which is no rhythm that is known', PERIOD);
}

/** `*` and `*` + `/N` mean so many units, a number means once in all of them. */
function readStep(
  field: string,
  { unitMs, of, once }: { readonly unitMs: number; readonly of: number; readonly once: number },
): Reading<number> {
  if (/^\d+$/.test(field)) return good(once);
  const step = /^\*(?:\/(\d+))?$/.exec(field);
  const count = Number(step?.[1] ?? 1);
  return step === null || count === 0 || of % count !== 0 ? wrong('which is no rhythm that is known', PERIOD) : good(count * unitMs);
}

function readCodes(value: unknown): Reading<readonly number[]> {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const parts = items.flatMap((item) => (typeof item === 'string' ? item.split(/[\s,]+/).filter((part) => part !== '') : [item]));
  const readings = parts.map((part) => readWhole(part, { least: 0, most: 255, accepted: CODES }));
  const bad = readings.find((reading) => !reading.ok);
  if (bad !== undefined) return wrong('which is no exit code', CODES);
  return good(readings.flatMap((reading) => (reading.ok ? [reading.value] : [])));
}

function readVariables(value: unknown): Reading<Readonly<Record<string, string>>> {
  const accepted = 'an object of variables, such as { PORT: 3000 }';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('which is no object', accepted);
  const variables: [string, string][] = [];
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined || item === null) continue;
    const text = printVariable(item);
    if (text === null || name === '' || /[=\0]/.test(name)) return wrong(`where ${JSON.stringify(name)} cannot be a variable`, accepted);
    variables.push([name, text]);
  }
  return good(Object.fromEntries(variables));
}

/** The text a variable gets, or null for a value that has none. */
function printVariable(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value === 'string') return value.includes('\0') ? null : value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null; // a circular object, or one with a bigint: it has no JSON
  }
}

// Reads the `health` section of an app: its probes, each with its own defaults, and every mistake by its place. Pure.
import type { AppSpec, ProbeSpec } from '../model/app-spec.ts';
import { readCheck } from './check.ts';
import { printValue } from './problem.ts';
import type { Report } from './report.ts';
import { suggest } from './suggest.ts';
import { isAbsent, readValue } from './values.ts';
import type { Reading } from './values.ts';

/** The probes of an app; null where it has none. */
export type Health = Pick<AppSpec, 'readiness' | 'liveness'>;

type Section = Readonly<Record<string, unknown>>;

/** The kinds of looks, in the order in which they are named. */
export const CHECKS = ['http', 'tcp', 'exec', 'message'] as const;

/** What a probe is set to where nothing is said. Printed to the reference page. */
export const PROBE_DEFAULTS: Readonly<Record<'interval' | 'timeout' | 'failures' | 'successes' | 'start_period', string>> = {
  interval: '10 s',
  timeout: '2 s',
  failures: '3',
  successes: '1',
  start_period: '30 s',
};

const PROBES = ['readiness', 'liveness'] as const;
const EXAMPLE = '{ http: "/ready" }, with tcp, exec or message in place of http';

/** Reads the section; null in place of a probe with mistakes, which are reported. */
export function readHealth(section: Section | undefined, report: Report): Health {
  if (section === undefined) return { readiness: null, liveness: null };
  reportUnknown(section, { path: 'health', known: PROBES }, report);
  return {
    readiness: readProbe('health.readiness', section['readiness'], report),
    liveness: readProbe('health.liveness', section['liveness'], report),
  };
}

function readProbe(path: string, value: unknown, report: Report): ProbeSpec | null {
  if (isAbsent(value) || value === false) return null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = printValue(value);
    report.error(`${path} is ${found}, which is no probe`, { key: path, found, accepted: EXAMPLE });
    return null;
  }
  const section = withoutCamels(value as Section);
  reportUnknown(section, { path, known: [...CHECKS, ...Object.keys(PROBE_DEFAULTS)] }, report);
  const check = readOnlyCheck(path, section, report);
  const intervalMs = readTime('interval', { path, section, report });
  const timeoutMs = readTime('timeout', { path, section, report });
  const startPeriodMs = readTime('start_period', { path, section, report });
  const failures = readTimes('failures', { path, section, report });
  const successes = readTimes('successes', { path, section, report });
  return check === null ? null : { check, intervalMs, timeoutMs, failures, successes, startPeriodMs };
}

/** `startPeriod` is `start_period`. */
function withoutCamels(section: Section): Section {
  return Object.fromEntries(Object.entries(section).map(([key, value]) => [key === 'startPeriod' ? 'start_period' : key, value]));
}

/** A probe looks in one way; two are two opinions. */
function readOnlyCheck(path: string, section: Section, report: Report): ProbeSpec['check'] | null {
  const given = CHECKS.filter((kind) => !isAbsent(section[kind]) && section[kind] !== false);
  const [kind, second] = given;
  if (kind === undefined) {
    report.error(`${path} says nothing to look at: it has none of ${CHECKS.join(', ')}`, { key: path, accepted: EXAMPLE });
    return null;
  }
  if (second !== undefined) {
    report.error(`${path} has ${given.join(' and ')}, and a probe looks in one way only`, {
      key: path,
      accepted: EXAMPLE,
      suggestion: 'An exec probe can look at several things.',
    });
    return null;
  }
  const key = `${path}.${kind}`;
  return take(key, section[kind], { reading: readCheck(kind, section[kind]), report });
}

interface Place {
  readonly path: string;
  readonly section: Section;
  readonly report: Report;
}

type Setting = keyof typeof PROBE_DEFAULTS;

/** Zero is a time for the start period only. */
function readTime(name: Setting, { path, section, report }: Place): number {
  const standard = readValue('duration', PROBE_DEFAULTS[name]);
  const least = name === 'start_period' ? 0 : 1;
  const value = section[name];
  if (isAbsent(value)) return (standard as { readonly value: number }).value;
  const isOff = name === 'start_period' && value === false;
  const reading = isOff ? readValue('duration', 0) : readValue('duration', value);
  const inRange: Reading<number> =
    reading.ok && reading.value < least
      ? { ok: false, why: 'which is too short', accepted: 'a time above 0, such as "10s", "500ms"' }
      : reading;
  return take(`${path}.${name}`, value, { reading: inRange, report }) ?? 1;
}

function readTimes(name: Setting, { path, section, report }: Place): number {
  const value = isAbsent(section[name]) ? PROBE_DEFAULTS[name] : section[name];
  const reading = readValue('count', value);
  const fits: Reading<number> =
    reading.ok && reading.value >= 1 ? reading : { ok: false, why: 'which is no number of times', accepted: 'a whole number from 1' };
  return take(`${path}.${name}`, value, { reading: fits, report }) ?? 1;
}

/** The value, or null after reporting why there is none. */
function take<T>(key: string, value: unknown, { reading, report }: { readonly reading: Reading<T>; readonly report: Report }): T | null {
  const found = printValue(value);
  if (!reading.ok) {
    report.error(`${key} is ${found}, ${reading.why}`, { key, found, accepted: reading.accepted });
    return null;
  }
  if (reading.remark !== null) report.warn(`${key} ${reading.remark}`, { key, found });
  return reading.value;
}

function reportUnknown(
  section: Section,
  { path, known }: { readonly path: string; readonly known: readonly string[] },
  report: Report,
): void {
  for (const key of Object.keys(section)) {
    if (known.includes(key)) continue;
    const near = suggest(key, known);
    report.warn(`${path}.${key} is not known, ignored`, {
      key: `${path}.${key}`,
      suggestion: near === null ? `Known there: ${known.join(', ')}.` : `Did you mean ${near}?`,
    });
  }
}

// Reads the attributes of one app by the table of schema.ts: spellings, kinds, and a finding for everything it does not know. Pure.
import type { AppSpec } from '../model/app-spec.ts';
import { echoOf } from './echo.ts';
import { IDLE_ATTRIBUTES } from './without-effect.ts';
import { printValue } from './problem.ts';
import type { Report } from './report.ts';
import { ATTRIBUTES, attributeNames, findAttribute } from './schema.ts';
import type { AttributeName, KindValues, Settings } from './schema.ts';
import type { RawApp } from './shape.ts';
import { isComment } from './shape.ts';
import { remarkOn, suggest } from './suggest.ts';
import { isAbsent, readValue } from './values.ts';

/** A value that overrides the file's, with the spelling to name in messages (`--kill-timeout`). */
export interface Override {
  readonly attribute: AttributeName;
  readonly spelling: string;
  readonly value: unknown;
}

/** What one app says. */
export interface AppAttributes {
  readonly settings: Settings;
  /** The env_<name> blocks. */
  readonly environments: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly echo: AppSpec['echo'];
}

interface Written {
  readonly spelling: string;
  readonly value: unknown;
}

/** Reads `raw` and the overrides; wrong values are errors, unknown keys warnings. */
export function readAttributes(raw: RawApp, overrides: readonly Override[], report: Report): AppAttributes {
  const written = new Map<string, Written[]>();
  const environments = new Map<string, Readonly<Record<string, string>>>();
  for (const [spelling, value] of Object.entries(raw)) {
    const name = isBlockNamedFile(spelling, value) ? undefined : findAttribute(spelling);
    if (name !== undefined) written.set(name, [...(written.get(name) ?? []), { spelling, value }]);
    else if (spelling.startsWith('env_')) readEnvironment(spelling, value, environments, report);
    else if (!isComment(spelling)) reportUnknown(spelling, report);
  }
  reportIdle(written, report);
  reportEmptyInstances(written.get('instances') ?? [], report);
  const settings: Record<string, unknown> = {};
  for (const name of attributeNames()) {
    const override = overrides.find(({ attribute, value }) => attribute === name && !isAbsent(value));
    const chosen = override ?? choose(name, written.get(name) ?? [], report);
    if (chosen !== null) settings[name] = read(name, chosen, report);
  }
  return { settings, environments, echo: echoOf(raw, { settings, environments }) };
}

/** What counts for an attribute: the setting, else its default, which is read from the table like a written value. */
export function settingOf<N extends AttributeName>(settings: Settings, name: N): KindValues[(typeof ATTRIBUTES)[N]['kind']] {
  const said = settings[name];
  if (said !== undefined) return said;
  const { kind, standard } = ATTRIBUTES[name];
  const reading = readValue(kind, standard === 'off' ? false : standard);
  if (!reading.ok) throw new Error(`the default of ${name} in the table of attributes is no value of its kind`);
  return reading.value as KindValues[(typeof ATTRIBUTES)[N]['kind']];
}

/** The written value that counts: the canonical name before its aliases, as in PM2; absent values do not count. */
function choose(name: AttributeName, written: readonly Written[], report: Report): Written | null {
  const present = written.filter(({ value }) => !isAbsent(value));
  const chosen = present.find(({ spelling }) => spelling === name) ?? present[0];
  if (chosen === undefined) return null;
  const others = present.filter((one) => one !== chosen && !Object.is(one.value, chosen.value)).map(({ spelling }) => spelling);
  if (others.length > 0)
    report.warn(`${chosen.spelling} and ${others.join(', ')} are both given; ${chosen.spelling} is used`, { key: chosen.spelling });
  return chosen;
}

function read(name: AttributeName, { spelling, value }: Written, report: Report): unknown {
  const reading = readValue(ATTRIBUTES[name].kind, value);
  if (!reading.ok) {
    const found = ATTRIBUTES[name].kind === 'variables' ? nameType(value) : printValue(value);
    report.error(`${spelling} is ${found}, ${reading.why}`, { key: spelling, found, accepted: reading.accepted });
    return undefined;
  }
  if (reading.remark !== null) report.warn(`${spelling} ${reading.remark}`, { key: spelling, found: printValue(value) });
  return reading.value;
}

/** PM2 knows no files of variables: there env_file is the block of an environment called `file`, and an object is still taken for one. */
function isBlockNamedFile(spelling: string, value: unknown): boolean {
  return spelling === 'env_file' && typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readEnvironment(
  spelling: string,
  value: unknown,
  environments: Map<string, Readonly<Record<string, string>>>,
  report: Report,
): void {
  const name = spelling.slice('env_'.length);
  if (isAbsent(value)) return;
  const reading = readValue('variables', value);
  if (reading.ok) environments.set(name, reading.value);
  else
    report.error(`${spelling} is ${nameType(value)}, ${reading.why}`, {
      key: spelling,
      found: nameType(value),
      accepted: reading.accepted,
    });
}

/** Variables are often secrets: what stands in their place is never shown. */
function nameType(value: unknown): string {
  return typeof value === 'object' || typeof value === 'function' ? printValue(value) : `a ${typeof value}`;
}

function reportIdle(written: ReadonlyMap<string, readonly Written[]>, report: Report): void {
  for (const [name, spellings] of written) {
    const first = spellings.find(({ value }) => IDLE_ATTRIBUTES[name]?.isMissed(value) === true);
    if (first !== undefined)
      report.warn(`${first.spelling} has no effect here`, {
        key: first.spelling,
        found: printValue(first.value),
        suggestion: IDLE_ATTRIBUTES[name]!.why,
      });
  }
}

/** A variable that is set to nothing (`process.env.N`). Elsewhere PM2 takes it for nothing, too. */
function reportEmptyInstances(written: readonly Written[], report: Report): void {
  if (written.some(({ value }) => typeof value === 'string' && isAbsent(value)))
    report.warn('instances is empty, so that nothing is said; PM2 takes it for all cores', {
      key: 'instances',
      found: '""',
      suggestion: 'For those: instances: "max".',
    });
}

function reportUnknown(key: string, report: Report): void {
  const remark = remarkOn(key);
  const near = meantEnvironment(key) ?? (remark === null ? suggest(key, [...attributeNames(), ...Object.keys(IDLE_ATTRIBUTES)]) : null);
  report.warn(`${key} is not known, ignored`, { key, suggestion: near === null ? remark : `Did you mean ${near}?` });
}

/** `env.production`, `env-production` and `envProduction` mean `env_production`. */
function meantEnvironment(key: string): string | null {
  const name = /^env(?:[.-](\w+)|([A-Z]\w*))$/.exec(key);
  const meant = name?.[1] ?? name?.[2];
  return meant === undefined ? null : `env_${meant[0]!.toLowerCase()}${meant.slice(1)}`;
}

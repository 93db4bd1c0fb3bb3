// PM2's variables about apps, for who stands in for PM2: what holds where an app says nothing itself. Pure.
import { resolve } from 'node:path';
import type { Override } from './attributes.ts';
import type { Report } from './report.ts';
import { ATTRIBUTES, findAttribute } from './schema.ts';
import type { AttributeName } from './schema.ts';
import type { RawApp } from './shape.ts';
import { isAbsent, readValue } from './values.ts';
import { splitWords } from './words.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that are the default of an attribute. */
export const PM2_DEFAULTS: Readonly<Record<string, AttributeName>> = {
  PM2_KILL_SIGNAL: 'kill_signal',
  PM2_KILL_TIMEOUT: 'kill_timeout',
  PM2_KILL_USE_MESSAGE: 'shutdown_with_message',
  PM2_GRACEFUL_TIMEOUT: 'drain_timeout',
  PM2_GRACEFUL_LISTEN_TIMEOUT: 'listen_timeout',
  PM2_PROCESS_INSTANCE_VAR: 'instance_var',
};

/** What the variables say of every app. */
export interface Pm2Defaults {
  readonly attributes: readonly Override[];
  /** For apps in fork mode that Node runs, before those of their own. */
  readonly nodeOptions: readonly string[];
  /** Absolute folder of log files that have no path of their own; null where nothing is said. */
  readonly logsFolder: string | null;
  /** The same of pid files. */
  readonly pidsFolder: string | null;
}

/** Nothing is said. */
export const NO_PM2_DEFAULTS: Pm2Defaults = { attributes: [], nodeOptions: [], logsFolder: null, pidsFolder: null };

/** Reads the variables; relative folders begin at `cwd`. Wrong values are errors, and left out. */
export function readPm2Defaults(env: Environment, cwd: string, report: Report): Pm2Defaults {
  const folder = (variable: string): string | null => (isAbsent(env[variable]) ? null : resolve(cwd, env[variable]!));
  return {
    attributes: Object.entries(PM2_DEFAULTS).flatMap(([variable, attribute]) =>
      readDefault({ variable, attribute, value: env[variable] }, report),
    ),
    nodeOptions: readNodeOptions(env['PM2_NODE_OPTIONS'] ?? '', report),
    logsFolder: folder('PM2_DEFAULT_LOG_PATH'),
    pidsFolder: folder('PM2_DEFAULT_PID_PATH'),
  };
}

/** What overrides the app, with those defaults behind it of which the app says nothing. */
export function withPm2Defaults(overrides: readonly Override[], raw: RawApp, { attributes }: Pm2Defaults): readonly Override[] {
  const said = Object.entries(raw).flatMap(([spelling, value]) => (isAbsent(value) ? [] : [findAttribute(spelling)]));
  return [...overrides, ...attributes.filter(({ attribute }) => !said.includes(attribute))];
}

function readDefault(
  { variable, attribute, value }: { readonly variable: string; readonly attribute: AttributeName; readonly value: string | undefined },
  report: Report,
): readonly Override[] {
  if (isAbsent(value)) return [];
  const reading = readValue(ATTRIBUTES[attribute].kind, value);
  if (reading.ok) return [{ attribute, spelling: variable, value }];
  const found = JSON.stringify(value);
  report.error(`${variable} is ${found}, ${reading.why}`, { key: variable, found, accepted: reading.accepted });
  return [];
}

function readNodeOptions(text: string, report: Report): readonly string[] {
  const { words, unclosed } = splitWords(text);
  if (unclosed) report.warn('PM2_NODE_OPTIONS has a quote that is not closed', { key: 'PM2_NODE_OPTIONS', found: JSON.stringify(text) });
  return words;
}

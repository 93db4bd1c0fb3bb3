// What a config file says that no other field of a spec holds as it was written: the types of variables, environments that were not chosen. Pure.
import type { AppSpec } from '../model/app-spec.ts';
import type { AppAttributes } from './attributes.ts';
import type { RawApp } from './shape.ts';

type Echo = AppSpec['echo'];
type Variables = Readonly<Record<string, string | number | boolean>>;

/** By key, in the order of the file. A key that says nothing, or nothing that could be read, is left out. */
export function echoOf(raw: RawApp, { settings, environments }: Omit<AppAttributes, 'echo'>): Echo {
  const { env = {}, port } = settings;
  const typed = Object.entries(asWritten(raw['env'], env)).filter(([, value]) => typeof value !== 'string');
  const blocks = [...environments].map(([name, variables]) => [`env_${name}`, asWritten(raw[`env_${name}`], variables)] as const);
  return {
    ...(port === undefined ? {} : { port }),
    ...(typeof raw['force'] === 'boolean' ? { force: raw['force'] } : {}),
    ...(settings.source_map_support === true ? { source_map_support: true } : {}),
    ...(typed.length === 0 ? {} : { env: Object.fromEntries(typed) }),
    ...Object.fromEntries(blocks),
  };
}

/** Variables as they were read, where they were no number and neither true nor false. */
function asWritten(block: unknown, variables: Readonly<Record<string, string>>): Variables {
  const written = typeof block === 'object' && block !== null ? (block as Readonly<Record<string, unknown>>) : {};
  return Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, isPlain(written[name]) ? written[name] : text]));
}

function isPlain(value: unknown): value is number | boolean {
  return typeof value === 'boolean' || Number.isFinite(value);
}

// Composes the environment of an app, layer over layer, and keeps which variable came from where.
import type { EnvLayer } from '../model/app-spec.ts';
import type { Account } from './account.ts';
import type { AppAttributes } from './attributes.ts';
import type { EnvFile } from './env-files.ts';
import type { Report } from './report.ts';
import { findAttribute } from './schema.ts';
import type { KindValues } from './schema.ts';
import { suggest } from './suggest.ts';

/** Variables of the manager's own wiring, which no app may inherit from one that starts another. */
const OWN: ReadonlySet<string> = new Set([
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
  'HOLDFAST_PRELOAD',
  'HOLDFAST_SOURCE_MAPS',
]);

/** Variables that each instance gets anew. */
const PER_INSTANCE: ReadonlySet<string> = new Set(['pm_id', 'NODE_APP_INSTANCE']);

/** Variables from one place, with their values. */
export interface Layer extends Omit<EnvLayer, 'names'> {
  readonly variables: Readonly<Record<string, string>>;
}

export interface EnvironmentSources {
  readonly caller: Readonly<Record<string, string | undefined>>;
  /** The same before config files ran: what differs since then was set by their code. */
  readonly callerBefore: Readonly<Record<string, string | undefined>>;
  readonly attributes: AppAttributes;
  /** What `--env` names, or null. */
  readonly chosen: string | null;
  readonly account: Account | null;
  readonly files: readonly EnvFile[];
  /** Where `attributes` are from: an absolute path, `standard input`, or null. */
  readonly configFile: string | null;
}

/** The layers, the weakest first: the caller's shell, what config code put into it, the account, env_file, env, env_<name>, port and io. */
export function composeEnvironment(sources: EnvironmentSources, report: Report): readonly Layer[] {
  const { attributes, account, configFile } = sources;
  const blocks = blocksOf(sources, report);
  return [
    ...inherited(sources),
    ...(account === null ? [] : [{ source: 'user', file: null, key: null, variables: account.variables } as const]),
    ...sources.files.map(({ file, variables }): Layer => ({
      source: 'env_file',
      file,
      key: null,
      variables: free(variables, file, report),
    })),
    ...blocks.map(([key, variables]): Layer => ({ source: 'config', file: configFile, key, variables: free(variables, key, report) })),
    ...settingsAsVariables(attributes, { configFile, blocks }, report),
  ];
}

/** The variables exactly as the app gets them, before those of the instance, and the names of each layer. */
export function flattenLayers(layers: readonly Layer[]): { readonly env: Record<string, string>; readonly envLayers: EnvLayer[] } {
  const filled = layers.filter(({ variables }) => Object.keys(variables).length > 0);
  return {
    env: Object.assign({}, ...filled.map(({ variables }) => variables)) as Record<string, string>,
    envLayers: filled.map(({ variables, ...origin }) => ({ ...origin, names: Object.keys(variables) })),
  };
}

/** What an app inherits of an environment. */
export function inheritable(
  caller: Readonly<Record<string, string | undefined>>,
  filter: KindValues['filter'],
): Readonly<Record<string, string>> {
  const isKept = (name: string): boolean => {
    if (typeof filter === 'boolean') return !filter;
    return typeof filter === 'string' ? name !== filter : !filter.some((part) => name.includes(part));
  };
  const entries = Object.entries(caller).filter(
    ([name, value]) => value !== undefined && !OWN.has(name) && !PER_INSTANCE.has(name) && isKept(name),
  ) as [string, string][];
  return Object.fromEntries(entries);
}

function inherited({ caller, callerBefore, attributes }: EnvironmentSources): readonly Layer[] {
  const all = Object.entries(inheritable(caller, attributes.settings.filter_env ?? false));
  const isFromCode = ([name, value]: [string, string]): boolean => callerBefore[name] !== value;
  return [
    { source: 'shell', file: null, key: null, variables: Object.fromEntries(all.filter((entry) => !isFromCode(entry))) },
    { source: 'config', file: null, key: null, variables: Object.fromEntries(all.filter(isFromCode)) },
  ];
}

/** The key a block of variables stands under, and the variables. */
type Block = readonly [string, Readonly<Record<string, string>>];

function blocksOf({ attributes, chosen }: EnvironmentSources, report: Report): readonly Block[] {
  const { settings, environments } = attributes;
  const general: Block = ['env', settings.env ?? {}];
  const named = [...environments].map(([name, variables]): Block => [`env_${name}`, variables]);
  for (const block of [general, ...named]) reportMisplaced(block, report);
  return [general, ...chosenBlock(chosen, attributes, report)];
}

function settingsAsVariables(
  { settings }: AppAttributes,
  { configFile, blocks }: { readonly configFile: string | null; readonly blocks: readonly Block[] },
  report: Report,
): readonly Layer[] {
  const { port, io } = settings;
  const ownPort = blocks.findLast(([, variables]) => variables['PORT'] !== undefined)?.[1]['PORT'];
  if (port !== undefined && ownPort !== undefined && ownPort !== String(port))
    report.warn(`port and the variable PORT are both given; port (${port}) is used`, { key: 'port' });
  return [
    ...(port === undefined ? [] : [{ source: 'config', file: configFile, key: 'port', variables: { PORT: String(port) } } as const]),
    ...(io === undefined ? [] : [{ source: 'config', file: configFile, key: 'io', variables: { io: JSON.stringify(io) } } as const]),
  ];
}

function chosenBlock(chosen: string | null, { settings, environments }: AppAttributes, report: Report): readonly Block[] {
  const known = [...environments.keys()];
  if (chosen === null) {
    if (settings.env === undefined && known.length > 0)
      report.note(`it has ${known.map((name) => `env_${name}`).join(' and ')} but no env, so nothing is set`, {
        key: `env_${known[0]}`,
        suggestion: `Start with --env ${known[0]}?`,
      });
    return [];
  }
  const block = environments.get(chosen);
  if (block !== undefined) return [[`env_${chosen}`, block]];
  const near = suggest(chosen, known);
  const exists = known.length === 0 ? 'it has no env_<name> block' : `it has ${known.map((name) => `env_${name}`).join(', ')}`;
  report.warn(`--env ${chosen} has no env_${chosen} here: ${exists}`, {
    key: '--env',
    found: chosen,
    suggestion: near === null ? null : `Did you mean --env ${near}?`,
  });
  return [];
}

function free(variables: Readonly<Record<string, string>>, where: string, report: Report): Readonly<Record<string, string>> {
  const own = Object.keys(variables).filter((name) => OWN.has(name));
  for (const name of own) report.warn(`${where} sets ${name}, which belongs to the manager; ignored`, { key: name });
  return own.length === 0 ? variables : Object.fromEntries(Object.entries(variables).filter(([name]) => !OWN.has(name)));
}

/** An attribute inside an env block becomes a variable, which is hardly meant where its name has an underscore. */
function reportMisplaced([block, variables]: Block, report: Report): void {
  for (const name of Object.keys(variables)) {
    if (!name.includes('_') || name !== name.toLowerCase() || findAttribute(name) === undefined) continue;
    report.warn(`${name} stands inside ${block}, where it becomes a variable: it is an option of the app`, {
      key: name,
      suggestion: `Move it out of ${block}.`,
    });
  }
}

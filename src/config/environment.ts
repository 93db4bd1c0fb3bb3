// Composes the environment of an app: the caller's, then env, then env_<name>, then PORT.
import type { AppAttributes } from './attributes.ts';
import type { Report } from './report.ts';
import { findAttribute } from './schema.ts';
import { suggest } from './suggest.ts';

/** Variables of the manager's own wiring, which no app may inherit from one that starts another. */
const OWN: ReadonlySet<string> = new Set([
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
  'HOLDFAST_PRELOAD',
  'HOLDFAST_SOURCE_MAPS',
]);

/** The key a block of variables stands under, and the variables. */
type Block = readonly [string, Readonly<Record<string, string>>];

/** Variables that each instance gets anew. */
const PER_INSTANCE: ReadonlySet<string> = new Set(['pm_id', 'NODE_APP_INSTANCE']);

export interface EnvironmentSources {
  readonly caller: Readonly<Record<string, string | undefined>>;
  readonly attributes: AppAttributes;
  /** What `--env` names, or null. */
  readonly chosen: string | null;
}

/** The variables exactly as the app gets them, before those of the instance. */
export function composeEnvironment({ caller, attributes, chosen }: EnvironmentSources, report: Report): Readonly<Record<string, string>> {
  const { settings, environments } = attributes;
  const inherited = Object.entries(caller).filter(([name, value]) => value !== undefined && !OWN.has(name) && !PER_INSTANCE.has(name)) as [
    string,
    string,
  ][];
  const general: Block = ['env', settings.env ?? {}];
  const named = [...environments].map(([name, variables]): Block => [`env_${name}`, variables]);
  for (const block of [general, ...named]) reportMisplaced(block, report);
  const blocks = [general, ...chosenBlock(chosen, attributes, report)];
  const own = blocks.flatMap(([block, variables]) => Object.entries(variables).filter(([name]) => isFree(name, block, report)));
  const port = settings.port;
  const composed = Object.fromEntries([...inherited, ...own]);
  if (port === undefined) return composed;
  const ownPort = own.findLast(([name]) => name === 'PORT')?.[1];
  if (ownPort !== undefined && ownPort !== String(port))
    report.warn(`port and the variable PORT are both given; port (${port}) is used`, { key: 'port' });
  return { ...composed, PORT: String(port) };
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

function isFree(name: string, block: string, report: Report): boolean {
  if (!OWN.has(name)) return true;
  report.warn(`${block} sets ${name}, which belongs to the manager; ignored`, { key: name });
  return false;
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

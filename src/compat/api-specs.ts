// What a program names or gives, read by the config stage: config files, configs as values, and scripts with their attributes.
import { usableCpus } from '../config/cpus.ts';
import type { DraftRequest } from '../config/drafts.ts';
import { isConfigFile } from '../config/find.ts';
import type { StartFlags } from '../config/flags.ts';
import { printProblem } from '../config/problem.ts';
import type { Problem } from '../config/problem.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
import type { ApiWorld } from './api-world.ts';
import type { ActionOptions, Config, Target } from './pm2-types.ts';

/** What was named as a word; null for a config, in a file or as a value. */
export function wordOf(what: Target | Config): string | null {
  return typeof what === 'object' || isConfigFile(String(what)) ? null : String(what);
}

/** The apps of a config. Rejects with every mistake in it. */
export async function readConfig(
  world: ApiWorld,
  verb: string,
  { what, options }: { what: Target | Config; options: ActionOptions },
): Promise<readonly AppSpec[]> {
  const home = world.home();
  // What reads configs is half of all code here, and most programs only look.
  const { readSpecs } = await import('../config/specs.ts');
  const { readModuleSettings } = await import('../config/module-settings.ts');
  const { specs, errors, warnings } = await readSpecs({
    ...(await requestOf(world, what, options)),
    callerEnv: world.env,
    callerUid: world.uid,
    logsFolder: home.logs,
    pidsFolder: home.pids,
    asPm2: world.asPm2(),
    moduleSettings: readModuleSettings(home.moduleSettings),
    cpuCount: usableCpus(),
    staticServer: world.staticServer,
  });
  for (const warning of warnings) world.warn(printProblem(warning));
  refuseMistakes(verb, errors);
  return specs;
}

/** Targets as the daemon takes them: a config stands for those of its apps that are in the list. */
export async function readTargets(
  world: ApiWorld,
  verb: string,
  { what, options }: { what: Target | Config; options: ActionOptions },
): Promise<string[]> {
  const word = wordOf(what);
  if (word !== null) return [word];
  const { readNames } = await import('../config/specs.ts');
  const { names, errors } = await readNames(await requestOf(world, what, options));
  refuseMistakes(verb, errors);
  const { apps } = await world.client().apps();
  const present = names.filter((name) => apps.some((app) => app.name === name));
  if (present.length > 0) return present;
  throw new HoldfastError('TARGET_NOT_FOUND', 'process or namespace not found', { hint: 'holdfast ls' });
}

async function requestOf(world: ApiWorld, what: Target | Config, options: ActionOptions): Promise<DraftRequest> {
  return {
    targets: [typeof what === 'object' ? '-' : String(what)],
    ...(typeof what === 'object' ? { config: what } : {}),
    flags: await flagsOf(options),
    scriptArgs: [],
    callerCwd: world.cwd,
    readInput: () => Promise.reject(new Error('a program has no config there; give it as a value')),
    nodePath: world.nodePath,
  };
}

/** The options that the command line has beside a config file; all others are PM2's own business. */
async function flagsOf(options: ActionOptions): Promise<StartFlags> {
  const { START_FLAGS } = await import('../config/flags.ts');
  const known = START_FLAGS.filter(({ withConfigFile }) => withConfigFile).map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, string] => known.includes(entry[0]) && typeof entry[1] === 'string'),
  );
}

function refuseMistakes(verb: string, errors: readonly Problem[]): void {
  const mistakes = errors.map(printProblem);
  if (mistakes.length === 0) return;
  const text =
    mistakes.length === 1 ? mistakes[0] : `there are ${mistakes.length} mistakes.\n${mistakes.map((one) => `- ${one}`).join('\n')}`;
  throw new HoldfastError('CONFIG_INVALID', `Cannot ${verb}: ${text}`);
}

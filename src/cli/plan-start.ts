// What `start` means for what was named: known apps to restart, config files to apply, scripts to start. It changes nothing.
import fs from 'node:fs';
import path from 'node:path';
import { isConfigFile } from '../config/find.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
import type { AppView } from '../model/view.ts';
import { shellWord } from '../model/shell-word.ts';
import type { Given } from './command.ts';
import type { Context } from './context.ts';
import { hasCode, isHoldfastError } from './errors.ts';
import { findConfigHere, readAppSpecs } from './read-specs.ts';
import type { NamedScript } from './write-configs.ts';

/** What is to be done. `existing` says what the daemon does with an app of that name that turns up meanwhile. */
export interface StartPlan {
  readonly specs: readonly AppSpec[];
  readonly existing: 'restart' | 'refuse';
  /** Targets of known apps. */
  readonly known: readonly string[];
  /** The scripts among what was named, as they were typed. */
  readonly scripts: readonly NamedScript[];
}

/** Sorts what was named and reads it. All mistakes come to light before anything is started. */
export async function planStart(ctx: Context, given: Given): Promise<StartPlan> {
  const words = given.words.length > 0 ? given.words : [findConfigHere(ctx, 'start')];
  const sorted: Record<Kind, string[]> = { config: [], known: [], script: [] };
  for (const word of words) sorted[await kindOf(ctx, word)].push(word);
  const fromConfig = await readAppSpecs(ctx, { verb: 'start', targets: sorted.config, given });
  const fromScripts = await readScripts(ctx, sorted.script, given);
  const specs = [...fromConfig, ...fromScripts];
  refuseDoubles(specs);
  const isFree = await freeNames(ctx, fromScripts, given);
  const fresh = fromConfig.length === 0 && isFree;
  const scripts = sorted.script.map((script, at) => ({ script, name: fromScripts[at]!.name }));
  return { specs, existing: fresh ? 'refuse' : 'restart', known: sorted.known, scripts };
}

/** Whether no app has the name of one of these. Throws NAME_TAKEN where one of them may not be started over what is there. */
export async function freeNames(ctx: Context, specs: readonly AppSpec[], given: Given): Promise<boolean> {
  const taken = specs.length === 0 ? [] : await namesakes(ctx, specs);
  if (given.options['force'] === undefined) for (const { spec, app } of taken) refuseTaken(spec, app);
  return taken.length === 0;
}

type Kind = 'config' | 'known' | 'script';

/** A file that exists is a file; anything else is first looked for among the apps, as in PM2. */
async function kindOf(ctx: Context, word: string): Promise<Kind> {
  if (isConfigFile(word)) return 'config';
  if (/[./]/.test(word) && fs.existsSync(path.resolve(ctx.cwd, word))) return 'script';
  if (await isKnown(ctx, word)) return 'known';
  if (!ONLY_A_TARGET.test(word)) return 'script';
  throw new HoldfastError('TARGET_NOT_FOUND', `Cannot start ${JSON.stringify(word)}: there is no such app.`, { hint: 'holdfast ls' });
}

/** `all`, an id and a regular expression can be nothing else. */
const ONLY_A_TARGET = /^(all|\d+|\/.*\/)$/;

async function isKnown(ctx: Context, word: string): Promise<boolean> {
  try {
    return (await ctx.client().apps({ targets: [word] })).apps.length > 0;
  } catch (error) {
    if (!hasCode(error, 'TARGET_NOT_FOUND')) throw error;
    if (!ONLY_A_TARGET.test(word)) return false;
    throw new HoldfastError('TARGET_NOT_FOUND', `Cannot start ${JSON.stringify(word)}: ${whyUnknown(word)}.`, {
      hint: 'holdfast ls',
      cause: error,
    });
  }
}

/** The reason for a word that can only be a target; the daemon was asked to show it, and says so. */
function whyUnknown(word: string): string {
  if (word === 'all') return 'there is no such app';
  if (!word.startsWith('/')) return 'no app, namespace or id is called that';
  try {
    RegExp(word.slice(1, -1));
  } catch (error) {
    return `it is no regular expression (${(error as Error).message})`;
  }
  return "no app's name matches it";
}

/** A word that is no script may be a known app, mistyped. */
async function readScripts(ctx: Context, words: readonly string[], given: Given): Promise<readonly AppSpec[]> {
  try {
    return await readAppSpecs(ctx, { verb: 'start', targets: words, given });
  } catch (error) {
    if (!isHoldfastError(error) || error.code !== 'CONFIG_INVALID') throw error;
    const { suggest } = await import('../config/suggest.ts');
    const names = (await ctx.client().apps()).apps.map((app) => app.name);
    const meant = words.map((word) => suggest(word, names)).find((name) => name !== null);
    if (meant === undefined || meant === null) throw error;
    throw new HoldfastError(error.code, `${error.message} Did you mean the app ${meant}?`, {
      hint: `holdfast start ${shellWord(meant)}`,
      cause: error,
    });
  }
}

function refuseDoubles(specs: readonly AppSpec[]): void {
  const double = specs.find((spec, index) => specs.findIndex((other) => other.name === spec.name) !== index);
  if (double === undefined) return;
  throw new HoldfastError('CONFIG_INVALID', `Cannot start: ${JSON.stringify(double.name)} is the name of two of the apps to start.`, {
    hint: 'holdfast start --help',
  });
}

interface Namesake {
  readonly spec: AppSpec;
  readonly app: AppView;
}

async function namesakes(ctx: Context, specs: readonly AppSpec[]): Promise<Namesake[]> {
  const { apps } = await ctx.client().apps({ full: true });
  return specs.flatMap((spec) => apps.filter((app) => app.name === spec.name).map((app) => ({ spec, app })));
}

/** A stopped or errored app of the same script is started again; anything else of that name stays as it is. */
function refuseTaken(spec: AppSpec, app: AppView): void {
  const name = JSON.stringify(spec.name);
  if (app.spec !== undefined && app.spec.script !== spec.script) {
    const reason = `an app of that name runs ${app.spec.script}, and this is ${spec.script}. Give it another name with --name, or replace that one with --force.`;
    throw new HoldfastError('NAME_TAKEN', `Cannot start ${name}: ${reason}`, { hint: `holdfast describe ${spec.name}` });
  }
  if (app.instances.every(({ status }) => status === 'stopped' || status === 'errored')) return;
  throw new HoldfastError(
    'NAME_TAKEN',
    `Cannot start ${name}: it is already launched. --force restarts it with these settings, --name starts another.`,
    { hint: `holdfast restart ${spec.name}` },
  );
}

// What `start` means for what was named: known apps to restart, config files to apply, scripts to start. It changes nothing.
import fs from 'node:fs';
import path from 'node:path';
import { findConfig, isConfigFile } from '../config/find.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
import type { AppView } from '../model/view.ts';
import type { Given } from './command.ts';
import type { Context } from './context.ts';
import { hasCode } from './errors.ts';
import { readAppSpecs } from './read-specs.ts';

/** What is to be done. `existing` says what the daemon does with an app of that name that turns up meanwhile. */
export interface StartPlan {
  readonly specs: readonly AppSpec[];
  readonly existing: 'restart' | 'refuse';
  /** Targets of known apps. */
  readonly known: readonly string[];
}

/** Sorts what was named and reads it. All mistakes come to light before anything is started. */
export async function planStart(ctx: Context, given: Given): Promise<StartPlan> {
  const words = given.words.length > 0 ? given.words : [findConfigHere(ctx)];
  const sorted: Record<Kind, string[]> = { config: [], known: [], script: [] };
  for (const word of words) sorted[await kindOf(ctx, word)].push(word);
  const fromConfig = await readAppSpecs(ctx, { verb: 'start', targets: sorted.config, given });
  const fromScripts = await readAppSpecs(ctx, { verb: 'start', targets: sorted.script, given });
  const specs = [...fromConfig, ...fromScripts];
  refuseDoubles(specs);
  const taken = fromScripts.length === 0 ? [] : await namesakes(ctx, fromScripts);
  if (given.options['force'] === undefined) for (const { spec, app } of taken) refuseTaken(spec, app);
  const fresh = fromConfig.length === 0 && taken.length === 0;
  return { specs, existing: fresh ? 'refuse' : 'restart', known: sorted.known };
}

type Kind = 'config' | 'known' | 'script';

function findConfigHere(ctx: Context): string {
  const found = findConfig(ctx.cwd);
  if (found !== null) return found;
  throw new HoldfastError('CONFIG_NOT_FOUND', `Cannot start: nothing was named, and there is no ecosystem.config file in ${ctx.cwd}.`, {
    hint: 'holdfast start app.js',
  });
}

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
    // The daemon's own error says more, where the word cannot be a script.
    if (hasCode(error, 'TARGET_NOT_FOUND') && !ONLY_A_TARGET.test(word)) return false;
    throw error;
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

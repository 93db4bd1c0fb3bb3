// What the user named, read by the config stage: its warnings and notes are printed, its errors end the command.
import fs from 'node:fs';
import path from 'node:path';
import { findConfig, isConfigFile } from '../config/find.ts';
import { START_FLAGS } from '../config/flags.ts';
import type { StartFlags } from '../config/flags.ts';
import { printProblem } from '../config/problem.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Home } from '../model/home.ts';
import { shellWord } from '../model/shell-word.ts';
import type { Given, Option } from './command.ts';
import type { Context } from './context.ts';
import { renderWarning } from './render/operation.ts';

/** The options that count when the target is a config file. */
export const CONFIG_FILE_OPTIONS: readonly Option[] = START_FLAGS.filter((flag) => flag.withConfigFile);

/** What to read, and the verb for messages. */
export interface Reading {
  readonly verb: string;
  readonly targets: readonly string[];
  readonly given: Given;
  /** For log files that have no path of their own; null: they are not written. That of the home directory where nothing is said. */
  readonly logsFolder?: string | null;
  /** Set for scripts by the command itself, over all others. */
  readonly commandVariables?: Readonly<Record<string, string>>;
}

/** What reading needs of its surroundings. */
export type ReadingContext = Pick<
  Context,
  'asPm2' | 'cwd' | 'env' | 'uid' | 'readInput' | 'nodePath' | 'staticServer' | 'silent' | 'errPalette' | 'err'
> & {
  home(): Pick<Home, 'logs' | 'pids' | 'moduleSettings'>;
};

/** Reads scripts or config files into specs. Throws CONFIG_INVALID with every mistake. */
export async function readAppSpecs(
  ctx: ReadingContext,
  { verb, targets, given, logsFolder, commandVariables = {} }: Reading,
): Promise<readonly AppSpec[]> {
  if (targets.length === 0) return [];
  const { readSpecs } = await import('../config/specs.ts');
  const { readModuleSettings } = await import('../config/module-settings.ts');
  const { usableCpus } = await import('../config/cpus.ts');
  const result = await readSpecs({
    targets,
    flags: startFlags(given),
    scriptArgs: given.scriptArgs,
    callerCwd: ctx.cwd,
    callerEnv: ctx.env,
    callerUid: ctx.uid,
    readInput: ctx.readInput,
    logsFolder: logsFolder === undefined ? ctx.home().logs : logsFolder,
    pidsFolder: logsFolder === undefined ? ctx.home().pids : null,
    moduleSettings: logsFolder === undefined ? readModuleSettings(ctx.home().moduleSettings) : {},
    nodePath: ctx.nodePath,
    asPm2: ctx.asPm2,
    cpuCount: usableCpus(),
    staticServer: ctx.staticServer(),
    commandVariables,
  });
  ctx.err(result.warnings.map((problem) => renderWarning(printProblem(problem), ctx.errPalette)).join(''));
  if (!ctx.silent) ctx.err(result.notes.map((problem) => `${ctx.errPalette.dim('[holdfast] Note:')} ${printProblem(problem)}\n`).join(''));
  if (result.errors.length > 0) throw configError({ verb, targets, cwd: ctx.cwd }, result.errors.map(printProblem));
  return result.specs;
}

/**
 * Targets of commands that only name apps: a config file stands for those of its apps that are in the list, whether or not they could be started
 * now. Where none is, a warning says so, and it stands for nothing: what is to be stopped or deleted is not there, and a script that cleans up
 * before its first start goes on, as with PM2. Throws CONFIG_INVALID for a file that cannot be read.
 */
export async function nameTargets(ctx: Context, { verb, targets, given }: Reading): Promise<string[]> {
  const names: string[] = [];
  for (const target of targets) {
    if (isConfigFile(target)) names.push(...(await namesInList(ctx, { verb, targets: [target], given })));
    else names.push(target);
  }
  return [...new Set(names)];
}

async function namesInList(ctx: Context, { verb, targets, given }: Reading): Promise<readonly string[]> {
  const { readNames } = await import('../config/specs.ts');
  const request = {
    targets,
    flags: startFlags(given),
    scriptArgs: [],
    callerCwd: ctx.cwd,
    readInput: ctx.readInput,
    nodePath: ctx.nodePath,
  };
  const { names, errors } = await readNames(request);
  if (errors.length > 0) throw configError({ verb, targets, cwd: ctx.cwd }, errors.map(printProblem));
  const { apps } = await ctx.client().apps();
  const present = names.filter((name) => apps.some((app) => app.name === name));
  if (present.length === 0) {
    const them = names.length === 1 ? `its app ${names[0]} is not` : `none of its apps (${names.join(', ')}) is`;
    ctx.err(renderWarning(`Nothing to ${verb} for ${targets[0]}: ${them} in the list.`, ctx.errPalette));
  }
  return present;
}

/** The config file of this folder, where nothing was named. Throws CONFIG_NOT_FOUND. */
export function findConfigHere({ cwd }: Pick<Context, 'cwd'>, verb: string): string {
  const found = findConfig(cwd);
  if (found !== null) return found;
  throw new HoldfastError('CONFIG_NOT_FOUND', `Cannot ${verb}: nothing was named, and there is no ecosystem.config file in ${cwd}.`, {
    hint: `holdfast ${verb} app.js`,
  });
}

/** The options that describe apps, as the config stage takes them. */
export function startFlags(given: Given): StartFlags {
  return Object.fromEntries(Object.entries(given.options).filter(([name]) => START_FLAGS.some((flag) => flag.name === name)));
}

/** Nothing has been touched yet: what is wrong is corrected, then the same command is typed again. */
function configError(
  { verb, targets, cwd }: Pick<Reading, 'verb' | 'targets'> & { readonly cwd: string },
  mistakes: readonly string[],
): HoldfastError {
  const [only] = mistakes;
  const configs = targets.filter((target) => isConfigFile(target) && fs.existsSync(path.resolve(cwd, target)));
  const hint =
    configs.length === 0
      ? `holdfast ${verb} --help`
      : `correct ${configs.join(', ')}, then: holdfast ${verb} ${targets.map(shellWord).join(' ')}`;
  if (mistakes.length === 1) return new HoldfastError('CONFIG_INVALID', `Cannot ${verb}: ${only}`, { hint });
  const all = mistakes.map((mistake) => `- ${mistake}`).join('\n');
  return new HoldfastError('CONFIG_INVALID', `Cannot ${verb}: there are ${mistakes.length} mistakes.\n${all}`, { hint });
}

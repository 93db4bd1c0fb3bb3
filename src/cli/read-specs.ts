// What the user named, read by the config stage: its warnings and notes are printed, its errors end the command.
import os from 'node:os';
import { isConfigFile } from '../config/find.ts';
import { START_FLAGS } from '../config/flags.ts';
import type { StartFlags } from '../config/flags.ts';
import { printProblem } from '../config/problem.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
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
}

/** Reads scripts or config files into specs. Throws CONFIG_INVALID with every mistake. */
export async function readAppSpecs(ctx: Context, { verb, targets, given }: Reading): Promise<readonly AppSpec[]> {
  if (targets.length === 0) return [];
  const { readSpecs } = await import('../config/specs.ts');
  const result = await readSpecs({
    targets,
    flags: startFlags(given),
    scriptArgs: given.scriptArgs,
    callerCwd: ctx.cwd,
    callerEnv: ctx.env,
    logsFolder: ctx.home().logs,
    nodePath: ctx.nodePath,
    cpuCount: os.availableParallelism(),
  });
  ctx.err(result.warnings.map((problem) => renderWarning(printProblem(problem), ctx.errPalette)).join(''));
  if (!ctx.silent) ctx.err(result.notes.map((problem) => `${ctx.errPalette.dim('[holdfast] Note:')} ${printProblem(problem)}\n`).join(''));
  if (result.errors.length > 0) throw configError(verb, result.errors.map(printProblem));
  return result.specs;
}

/** Targets of commands that only name apps: a config file stands for the apps in it. */
export async function nameTargets(ctx: Context, { verb, targets, given }: Reading): Promise<string[]> {
  const names: string[] = [];
  for (const target of targets) {
    if (!isConfigFile(target)) names.push(target);
    else names.push(...(await readAppSpecs(ctx, { verb, targets: [target], given })).map((spec) => spec.name));
  }
  return [...new Set(names)];
}

function startFlags(given: Given): StartFlags {
  return Object.fromEntries(Object.entries(given.options).filter(([name]) => START_FLAGS.some((flag) => flag.name === name)));
}

function configError(verb: string, mistakes: readonly string[]): HoldfastError {
  const [only] = mistakes;
  if (mistakes.length === 1) return new HoldfastError('CONFIG_INVALID', `Cannot ${verb}: ${only}`);
  return new HoldfastError(
    'CONFIG_INVALID',
    `Cannot ${verb}: there are ${mistakes.length} mistakes.\n${mistakes.map((mistake) => `- ${mistake}`).join('\n')}`,
  );
}

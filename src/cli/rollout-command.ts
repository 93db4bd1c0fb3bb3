// What the commands that roll out have in common: their options, the dry run, and updates as JSON lines.
import { isConfigFile } from '../config/find.ts';
import { HoldfastError } from '../model/errors.ts';
import type { OperationUpdate } from '../model/view.ts';
import { shellWord } from '../model/shell-word.ts';
import { NO_WAIT_OPTION, toggle, valued } from './command.ts';
import type { Given, Option } from './command.ts';
import type { Context } from './context.ts';
import { carryOut } from './operate.ts';
import type { Task } from './operate.ts';
import { pm2Variable } from './pm2-variable.ts';
import { CONFIG_FILE_OPTIONS, readAppSpecs } from './read-specs.ts';
import { renderPlans } from './render/plan.ts';
import { printable } from './render/width.ts';
import { showList } from './show-list.ts';

/** The options of every command that rolls out. */
export const ROLLOUT_OPTIONS: readonly Option[] = [
  valued('parallel', 'n', 'how many instances are replaced at a time (1)'),
  valued('surge', 'one|all', 'one more instance at a time, or a whole new set before the first old one leaves'),
  toggle('dry-run', 'show what would be done, step by step, and do nothing'),
  NO_WAIT_OPTION,
  toggle('json', 'print JSON: an object a line for every update, the last one is the operation'),
];

/** What a rollout is told about how it goes about it. */
export interface RolloutManner {
  readonly parallel?: number;
  readonly surge?: 'one' | 'all';
}

/** Reads --parallel, in its place PM2_CONCURRENT_ACTIONS under PM2's name, and --surge. Throws USAGE with what is accepted. */
export function readManner(ctx: Context, command: string, { options }: Given): RolloutManner {
  const { surge } = options;
  const concurrent = pm2Variable(ctx, 'PM2_CONCURRENT_ACTIONS');
  const [spelling, parallel] =
    options['parallel'] === undefined ? ['PM2_CONCURRENT_ACTIONS', concurrent] : ['--parallel', options['parallel']];
  const wrong = (option: string, found: unknown, accepted: string): HoldfastError =>
    new HoldfastError('USAGE', `Cannot run holdfast ${command}: ${option} is ${JSON.stringify(found)}; accepted: ${accepted}.`, {
      hint: `holdfast ${command} --help`,
    });
  if (parallel !== undefined && !/^[1-9]\d{0,4}$/.test(String(parallel))) throw wrong(spelling, parallel, 'a whole number from 1');
  if (surge !== undefined && !['1', 'one', 'all'].includes(String(surge))) throw wrong('--surge', surge, 'one or all');
  return {
    ...(parallel === undefined ? {} : { parallel: Number(parallel) }),
    ...(surge === undefined ? {} : { surge: surge === 'all' ? 'all' : 'one' }),
  };
}

/** The command and its config files, as typed. */
export interface ConfigWords {
  readonly command: string;
  readonly configs: readonly string[];
}

/** A task that gives the apps of config files what the files say now; null without files. All mistakes come to light before anything is begun. */
export async function applyTask(ctx: Context, { command, configs }: ConfigWords, given: Given): Promise<Task | null> {
  if (configs.length === 0) return null;
  const manner = readManner(ctx, command, given);
  const specs = await readAppSpecs(ctx, { verb: 'reload', targets: configs, given: forConfigs(given) });
  if (specs.length === 0) return null;
  return {
    verb: 'reload',
    title: `reloading ${printable(specs.map((spec) => spec.name).join(', '))}`,
    request: { action: 'apply', specs: specs.map((spec) => ({ ...spec })), existing: 'reload', ...manner },
    again: `holdfast ${command} ${configs.map(shellWord).join(' ')}`,
  };
}

/** `--surge` is an option of `start` too, where a config file has its own; here it is about this one rollout. */
function forConfigs(given: Given): Given {
  const options = Object.fromEntries(
    Object.entries(given.options).filter(([name]) => CONFIG_FILE_OPTIONS.some((option) => option.name === name)),
  );
  return { ...given, options };
}

/** For commands that take config files only. Throws USAGE for anything else, with the command that takes it. */
export function requireConfigs(command: string, words: readonly string[], { instead }: { readonly instead: string }): void {
  const other = words.find((word) => !isConfigFile(word));
  if (other === undefined) return;
  throw new HoldfastError('USAGE', `Cannot run holdfast ${command}: ${JSON.stringify(other)} is no config file.`, {
    hint: `holdfast ${instead} ${shellWord(other)}`,
  });
}

/** Carries out tasks one after the other, or shows what they would do. Resolves to the exit code. */
export async function carryOutRollouts(ctx: Context, tasks: readonly Task[], given: Given): Promise<number> {
  const json = given.options['json'] !== undefined;
  if (given.options['dry-run'] !== undefined) return showPlans(ctx, tasks, json);
  const wait = given.options['no-wait'] === undefined;
  const heard = (update: OperationUpdate): void => ctx.out(`${JSON.stringify(update)}\n`);
  let exitCode = 0;
  for (const task of tasks) {
    const operation = await carryOut(ctx, task, { wait, quiet: json, ...(json ? { heard } : {}) });
    if (operation.state !== 'failed') continue;
    exitCode = 1;
    break;
  }
  if (!json && wait && !ctx.silent) await showList(ctx);
  return exitCode;
}

async function showPlans(ctx: Context, tasks: readonly Task[], json: boolean): Promise<number> {
  const replies = await Promise.all(tasks.map(({ request }) => ctx.client().plan(request)));
  const all = { plans: replies.flatMap(({ plans }) => plans), notes: replies.flatMap(({ notes }) => notes) };
  ctx.out(json ? `${JSON.stringify(all)}\n` : renderPlans(all, ctx.palette));
  return 0;
}

// `start`: scripts, config files, or apps that are known already.
import { shellWord } from '../../model/shell-word.ts';
import fs from 'node:fs';
import path from 'node:path';
import { IDLE_FLAGS, MISSED_FLAGS, START_FLAGS } from '../../config/flags.ts';
import { JSON_OPTION, NO_WAIT_OPTION, toggle } from '../command.ts';
import type { Command, Given } from '../command.ts';
import type { Context } from '../context.ts';
import { asksForChange, changedSpecs, UPDATE_ENV_OPTION } from '../changed-specs.ts';
import { carryOutAll } from '../operate.ts';
import type { Task } from '../operate.ts';
import { foregroundRequest } from '../foreground-request.ts';
import { planStart } from '../plan-start.ts';
import type { StartPlan } from '../plan-start.ts';
import { printable } from '../render/width.ts';
import { refuseWatchValue, withoutWatch } from '../watch-option.ts';

/** See the first line of this file. */
export const start: Command = {
  name: 'start',
  aliases: [],
  summary: 'start a script, the apps of a config file, or known apps again',
  args: { usage: '[script|config|target...]', min: 0, max: Infinity },
  options: [
    ...START_FLAGS,
    ...IDLE_FLAGS,
    ...MISSED_FLAGS,
    UPDATE_ENV_OPTION,
    toggle('force', 'start even where an app of that name runs: it gets the new settings', 'f'),
    toggle('write', 'write NAME-pm2.json, a config file of what is typed here', 'w'),
    NO_WAIT_OPTION,
    toggle('no-daemon', 'run in the foreground, as holdfast run does'),
    toggle('attach', 'show the logs then, until Ctrl-C'),
    JSON_OPTION,
  ],
  examples: [
    { line: 'holdfast start app.js', does: 'one instance of a script' },
    { line: 'holdfast start app.js -i max --name api', does: 'one instance per core, balanced, under the name api' },
    { line: 'holdfast start app.js --watch', does: 'restarts it when a file in its folder changes; --watch src for one folder' },
    { line: 'holdfast start app.js -- --port 3000', does: 'what stands after -- goes to the script' },
    { line: 'holdfast start', does: 'the ecosystem.config file of this folder' },
    { line: 'holdfast start ecosystem.config.js --only api', does: 'one app of a config file' },
    { line: 'holdfast start "python3 -m http.server 8000" --name files', does: 'any command line' },
    { line: 'holdfast start api', does: 'an app that is known already' },
  ],
  notes: [
    "Returns when every instance is ready or has ended for the first time; in the latter case the exit code is 1 (under PM2's name 0).",
    'From a config file, apps that are not there are started, those that are there get the new settings and are restarted. An app that is known already is restarted; options and what stands after -- change its settings, as with restart.',
  ],
  afterDashes: 'script',
  async run(ctx, given) {
    if (given.options['no-daemon'] !== undefined) return ctx.foreground(foregroundRequest(ctx, 'start', given));
    const plan = await planStart(ctx, given);
    if (given.options['write'] !== undefined) await (await import('../write-configs.ts')).writeConfigs(ctx, plan.scripts, given);
    const tasks = await tasksOf(ctx, plan, given);
    const exitCode = await carryOutAll(ctx, tasks, given);
    if (given.options['json'] === undefined && given.options['no-wait'] === undefined) await showWhatNext(ctx, plan, exitCode === 0);
    if (given.options['attach'] !== undefined) return attach(ctx, plan);
    return exitCode;
  },
};

/** Options are about the scripts and config files, where there are any; else they change the known apps. */
async function tasksOf(ctx: Context, { specs, existing, known }: StartPlan, given: Given): Promise<Task[]> {
  const tasks: Task[] = [];
  if (specs.length > 0) {
    const title = `starting ${printable(specs.map((spec) => spec.name).join(', '))}`;
    tasks.push({ verb: 'start', title, request: { action: 'apply', specs: specs.map((spec) => ({ ...spec })), existing } });
  }
  const title = `starting ${printable(known.join(', '))}`;
  const watches = given.options['watch'] !== undefined;
  if (watches && known.length > 0 && specs.length === 0) refuseWatchValue('start', given);
  const forKnown = withoutWatch(given);
  if (known.length > 0 && specs.length === 0 && asksForChange(forKnown)) {
    const changed = await changedSpecs(ctx, { verb: 'start', targets: known, given: forKnown });
    const all = changed.map((spec) => (watches ? { ...spec, watch: { ...spec.watch, isOn: true } } : spec));
    tasks.push({ verb: 'start', title, request: { action: 'apply', specs: all, existing: 'restart' } });
  } else if (known.length > 0) {
    const request = { action: 'restart' as const, targets: [...known], ...(watches && specs.length === 0 ? { watch: 'on' as const } : {}) };
    tasks.push({ verb: 'start', title, request });
  }
  return tasks;
}

async function attach(ctx: Context, { specs, known }: StartPlan): Promise<number> {
  const { logs } = await import('./logs.ts');
  return logs.run(ctx, { words: [...specs.map((spec) => spec.name), ...known], scriptArgs: [], options: {} });
}

async function showWhatNext(ctx: Context, plan: StartPlan, isUp: boolean): Promise<void> {
  if (ctx.silent) return;
  const names = plan.specs.map((spec) => spec.name);
  const { apps } = await ctx.client().apps();
  const instances = apps.filter((app) => names.includes(app.name)).flatMap((app) => app.instances);
  const files = instances.flatMap((instance) => [instance.outPath, instance.errorPath]).filter((file) => file !== null);
  const folders = [...new Set(files.map((file) => path.dirname(file)))];
  const where = folders.length === 0 ? '' : `   (files in ${folders.join(', ')})`;
  ctx.say(`\nLogs: holdfast logs ${[...names, ...plan.known].map(shellWord).join(' ')}${where}\n`);
  if (isUp && !fs.existsSync(ctx.home().dump))
    ctx.say('To have these apps again after a reboot: holdfast save now; holdfast startup once, or holdfast resurrect then.\n');
}

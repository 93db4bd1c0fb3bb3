// `reload`: replaces the instances of apps without a gap; from a config file with its settings as they are now.
import { shellWord } from '../../model/shell-word.ts';
import { isConfigFile } from '../../config/find.ts';
import type { Command, Given } from '../command.ts';
import { FORCE_OPTION, WRITE_OPTION } from '../granted-options.ts';
import type { Task } from '../operate.ts';
import { applyTask, carryOutRollouts, readManner, ROLLOUT_OPTIONS } from '../rollout-command.ts';
import { asksForChange, CHANGE_OPTIONS, changedSpecs, onlyRenewal } from '../changed-specs.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const reload: Command = {
  name: 'reload',
  aliases: ['gracefulReload'],
  summary: 'replace instances one by one without losing a request',
  args: { usage: '<target|config...>', min: 1, max: Infinity },
  // --surge is about this one rollout here.
  options: [...CHANGE_OPTIONS.filter(({ name }) => name !== 'surge'), FORCE_OPTION, WRITE_OPTION, ...ROLLOUT_OPTIONS],
  examples: [
    { line: 'holdfast reload api', does: 'the new code of api: each new instance is ready before the old one leaves' },
    {
      line: 'holdfast reload ecosystem.config.js --env production',
      does: 'every app of the file, with its settings and environment as they are now',
    },
    { line: 'holdfast reload api --update-env', does: 'with the variables of this shell; all instances, for they are those of the app' },
    { line: 'holdfast reload api --parallel 4', does: 'four instances at a time' },
    { line: 'holdfast reload api --dry-run', does: 'shows the steps, and does nothing' },
  ],
  notes: [
    'Returns when all is done, or has failed: then the new instances are gone, the old ones go on serving, the reason is printed and the exit code is 1. Ctrl-C ends the waiting, not the reload.',
    'In fork mode two instances can run side by side only where the app listens with reusePort or on nothing; else there is a gap as short as a start takes, and the first line says so.',
    '--cwd, --uid, --gid, --env and --only count with a config file only. Apps of the file that are not there are started.',
    'By name or id an app keeps its settings and variables but for what an option changes; then all of its instances are replaced.',
  ],
  afterDashes: 'script',
  async run(ctx, given) {
    const manner = readManner(ctx, 'reload', given);
    const apply = await applyTask(ctx, { command: 'reload', configs: given.words.filter(isConfigFile) }, given);
    const targets = given.words.filter((word) => !isConfigFile(word));
    const tasks: Task[] = apply === null ? [] : [apply];
    const forNames = withoutSurge(apply === null ? given : onlyRenewal(given));
    if (targets.length > 0)
      tasks.push({
        verb: 'reload',
        title: `reloading ${printable(targets.join(', '))}`,
        request: asksForChange(forNames)
          ? {
              action: 'apply',
              specs: [...(await changedSpecs(ctx, { verb: 'reload', targets, given: forNames }))],
              existing: 'reload',
              ...manner,
            }
          : { action: 'reload', targets, ...manner },
        again: `holdfast reload ${targets.map(shellWord).join(' ')}`,
      });
    return carryOutRollouts(ctx, tasks, given);
  },
};

function withoutSurge({ options, ...given }: Given): Given {
  const { surge: _, ...others } = options;
  return { ...given, options: others };
}

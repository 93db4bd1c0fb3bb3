// `restart`: stops and starts again; from a config file with its settings as they are now.
import { isConfigFile } from '../../config/find.ts';
import type { AppSpec } from '../../model/app-spec.ts';
import { JSON_OPTION, NO_WAIT_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { FORCE_OPTION, TOGETHER_OPTION, WRITE_OPTION } from '../granted-options.ts';
import { carryOutAll } from '../operate.ts';
import type { Task } from '../operate.ts';
import { readAppSpecs } from '../read-specs.ts';
import { asksForChange, CHANGE_OPTIONS, changedSpecs, onlyRenewal } from '../changed-specs.ts';
import { refuseWatchValue, withoutWatch } from '../watch-option.ts';
import { printable } from '../render/width.ts';

function withWatchSwitched(spec: AppSpec): AppSpec {
  return { ...spec, watch: { ...spec.watch, isOn: !spec.watch.isOn } };
}

/** See the first line of this file. */
export const restart: Command = {
  name: 'restart',
  aliases: [],
  summary: 'stop apps and start them again, or start them if they were stopped',
  args: { usage: '<target|config...>', min: 1, max: Infinity },
  options: [...CHANGE_OPTIONS, FORCE_OPTION, WRITE_OPTION, TOGETHER_OPTION, NO_WAIT_OPTION, JSON_OPTION],
  examples: [
    { line: 'holdfast restart api', does: 'all instances of api' },
    { line: 'holdfast restart 3', does: 'the instance with id 3' },
    { line: 'holdfast restart api --update-env', does: 'with the variables of this shell' },
    { line: 'holdfast restart api --max-memory-restart 300M', does: 'with another setting, which it keeps' },
    { line: 'holdfast restart api -- --port 3001', does: 'with other arguments' },
    { line: 'holdfast restart api --watch', does: 'watches its files from now on; the second time no more' },
    { line: 'holdfast restart ecosystem.config.js', does: 'every app of the file, with its settings and environment as they are now' },
  ],
  notes: [
    'With --watch, apps named by name or id change whether their files are watched: those that were not are from then on.',
    '--cwd, --uid, --gid, --env and --only count with a config file only. Apps of the file that are not there are started.',
    'By name or id an app keeps its settings and variables but for what an option changes; then all instances of the app are restarted. With --update-env it gets the variables that this shell has, and what is gone there is gone. A config file always renews them.',
  ],
  afterDashes: 'script',
  async run(ctx, given) {
    const configs = given.words.filter(isConfigFile);
    const targets = given.words.filter((word) => !isConfigFile(word));
    const forNames = withoutWatch(configs.length === 0 ? given : onlyRenewal(given));
    const changes = targets.length > 0 && asksForChange(forNames);
    const fromConfig = await readAppSpecs(ctx, { verb: 'restart', targets: configs, given });
    const switched = targets.length > 0 && given.options['watch'] !== undefined;
    if (switched) refuseWatchValue('restart', given);
    const changed = changes ? await changedSpecs(ctx, { verb: 'restart', targets, given: forNames }) : [];
    const specs = [...fromConfig, ...(switched ? changed.map(withWatchSwitched) : changed)];
    const tasks: Task[] = [];
    if (specs.length > 0) {
      const title = `restarting ${printable(specs.map((spec) => spec.name).join(', '))}`;
      tasks.push({ verb: 'restart', title, request: { action: 'apply', specs: specs.map((spec) => ({ ...spec })), existing: 'restart' } });
    }
    if (targets.length > 0 && !changes) {
      const request = { action: 'restart' as const, targets, ...(switched ? { watch: 'toggle' as const } : {}) };
      tasks.push({ verb: 'restart', title: `restarting ${printable(targets.join(', '))}`, request });
    }
    return carryOutAll(ctx, tasks, given);
  },
};

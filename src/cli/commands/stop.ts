// `stop`: stops apps and keeps them in the list.
import { JSON_OPTION, NO_WAIT_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { FORCE_OPTION } from '../granted-options.ts';
import { carryOutAll } from '../operate.ts';
import type { Task } from '../operate.ts';
import { CONFIG_FILE_OPTIONS, nameTargets } from '../read-specs.ts';
import { printable } from '../render/width.ts';
import { refuseWatchValue, STOP_WATCHING_OPTION } from '../watch-option.ts';

/** See the first line of this file. */
export const stop: Command = {
  name: 'stop',
  aliases: [],
  summary: 'stop apps and keep them in the list',
  args: { usage: '<target|config...>', min: 1, max: Infinity },
  options: [
    ...CONFIG_FILE_OPTIONS.filter((option) => option.name === 'only'),
    STOP_WATCHING_OPTION,
    FORCE_OPTION,
    NO_WAIT_OPTION,
    JSON_OPTION,
  ],
  examples: [
    { line: 'holdfast stop api', does: 'all instances of api; open requests are finished first' },
    { line: 'holdfast stop all', does: 'every app' },
    { line: 'holdfast stop api --watch', does: 'it is not watched any more when it is started again' },
    { line: 'holdfast stop ecosystem.config.js', does: 'the apps named in the file' },
  ],
  notes: ['The files of an app that is stopped are not watched; they are again when it is started, unless --watch was given.'],
  afterDashes: 'words',
  async run(ctx, given) {
    refuseWatchValue('stop', given);
    const targets = await nameTargets(ctx, { verb: 'stop', targets: given.words, given });
    const watch = given.options['watch'] === undefined ? {} : { watch: 'off' as const };
    const task: Task = { verb: 'stop', title: `stopping ${printable(targets.join(', '))}`, request: { action: 'stop', targets, ...watch } };
    return carryOutAll(ctx, targets.length === 0 ? [] : [task], given);
  },
};

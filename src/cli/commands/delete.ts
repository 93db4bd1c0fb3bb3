// `delete`: stops apps and takes them off the list.
import { JSON_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { FORCE_OPTION } from '../granted-options.ts';
import { carryOutAll } from '../operate.ts';
import type { Task } from '../operate.ts';
import { CONFIG_FILE_OPTIONS, nameTargets } from '../read-specs.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const deleteCommand: Command = {
  name: 'delete',
  aliases: ['del'],
  summary: 'stop apps and take them off the list',
  args: { usage: '<target|config...>', min: 1, max: Infinity },
  options: [...CONFIG_FILE_OPTIONS.filter((option) => option.name === 'only'), FORCE_OPTION, JSON_OPTION],
  examples: [
    { line: 'holdfast delete api', does: 'the app and all its instances' },
    { line: 'holdfast delete all', does: 'every app; the next id is 0 again' },
  ],
  notes: ['Log files and what holdfast save has saved stay.'],
  afterDashes: 'words',
  async run(ctx, given) {
    const targets = await nameTargets(ctx, { verb: 'delete', targets: given.words, given });
    const task: Task = { verb: 'delete', title: `deleting ${printable(targets.join(', '))}`, request: { action: 'delete', targets } };
    return carryOutAll(ctx, targets.length === 0 ? [] : [task], given);
  },
};

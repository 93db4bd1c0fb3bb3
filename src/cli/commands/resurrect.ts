// `resurrect`: starts what was saved and is not in the list.
import { JSON_OPTION, NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import { carryOutAll } from '../operate.ts';

/** See the first line of this file. */
export const resurrect: Command = {
  name: 'resurrect',
  aliases: [],
  summary: 'start the apps that were saved and are not in the list',
  args: NO_ARGUMENTS,
  options: [JSON_OPTION],
  examples: [{ line: 'holdfast resurrect', does: 'what holdfast save has saved; stopped apps come back stopped' }],
  notes: [],
  afterDashes: 'words',
  async run(ctx, given) {
    return carryOutAll(ctx, [{ verb: 'resurrect', title: 'bringing back what was saved', request: { action: 'resurrect' } }], given);
  },
};

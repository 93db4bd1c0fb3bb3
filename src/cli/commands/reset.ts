// `reset`: sets the counts of restarts back to zero.
import { JSON_OPTION, TARGETS } from '../command.ts';
import type { Command } from '../command.ts';
import { carryOutAll } from '../operate.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const reset: Command = {
  name: 'reset',
  aliases: [],
  summary: 'set the restart counts of apps back to zero',
  args: TARGETS,
  options: [JSON_OPTION],
  examples: [
    { line: 'holdfast reset api', does: 'the counts of all instances of api' },
    { line: 'holdfast reset all', does: 'the counts of every app' },
  ],
  notes: [],
  afterDashes: 'words',
  async run(ctx, given) {
    const targets = [...given.words];
    return carryOutAll(
      ctx,
      [{ verb: 'reset', title: `resetting ${printable(targets.join(', '))}`, request: { action: 'reset', targets } }],
      given,
    );
  },
};

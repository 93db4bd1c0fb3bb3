// `ping`: whether a daemon answers; starts one where there is none.
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';

/** See the first line of this file. */
export const ping: Command = {
  name: 'ping',
  aliases: [],
  summary: 'start the daemon where none runs, and say whether it answers',
  args: NO_ARGUMENTS,
  options: [],
  examples: [{ line: 'holdfast ping', does: "prints { msg: 'pong' }" }],
  notes: [],
  afterDashes: 'words',
  async run(ctx) {
    const { msg } = await ctx.client().ping();
    ctx.out(`{ msg: '${msg}' }\n`);
    return 0;
  },
};

// `id`: the ids of an app, as PM2 prints them.
import { inspect } from 'node:util';
import type { Command } from '../command.ts';

/** See the first line of this file. */
export const id: Command = {
  name: 'id',
  aliases: [],
  summary: 'print the ids of an app',
  args: { usage: '<name>', min: 1, max: 1 },
  options: [],
  examples: [{ line: 'holdfast id api', does: '[ 0, 1 ]' }],
  notes: [],
  afterDashes: 'words',
  async run(ctx, given) {
    const { apps } = await ctx.client().apps();
    const ids = apps.filter((app) => app.name === given.words[0]).flatMap((app) => app.instances.map((instance) => instance.id));
    ctx.out(
      `${inspect(
        [...new Set(ids)].sort((a, b) => a - b),
        { maxArrayLength: null, breakLength: Infinity },
      )}\n`,
    );
    return 0;
  },
};

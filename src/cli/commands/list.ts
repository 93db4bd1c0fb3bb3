// `list`: the table of all apps.
import { JSON_OPTION, NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import { showList } from '../show-list.ts';

/** See the first line of this file. */
export const list: Command = {
  name: 'list',
  aliases: ['ls', 'l', 'status', 'ps'],
  summary: 'show all apps, their instances and open alerts',
  args: NO_ARGUMENTS,
  options: [JSON_OPTION],
  examples: [
    { line: 'holdfast ls', does: 'the table' },
    { line: 'holdfast ls --json', does: 'apps, instances and alerts as JSON, without their environment' },
  ],
  notes: [
    'On a narrow terminal names are shortened first; then columns are left out: mode, pid, uptime, ↺, cpu, mem, in this order. In a pipe nothing is left out.',
  ],
  afterDashes: 'words',
  async run(ctx, given) {
    if (given.options['json'] === undefined) await showList(ctx);
    else ctx.out(`${JSON.stringify(await ctx.client().apps())}\n`);
    return 0;
  },
};

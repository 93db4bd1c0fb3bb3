// `info`: the manager itself; with a target the same as `describe`.
import { JSON_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { renderManager } from '../render/manager.ts';
import { describeTargets } from './describe.ts';

/** See the first line of this file. */
export const infoCommand: Command = {
  name: 'info',
  aliases: [],
  summary: 'show the daemon and its hosts, or all about an app',
  args: { usage: '[target...]', min: 0, max: Infinity },
  options: [JSON_OPTION],
  examples: [
    { line: 'holdfast info', does: 'version, home directory, daemon and hosts' },
    { line: 'holdfast info api', does: 'the same as holdfast describe api' },
  ],
  notes: [],
  afterDashes: 'words',
  async run(ctx, given) {
    if (given.words.length > 0) return describeTargets(ctx, given);
    const view = await ctx.client().manager();
    ctx.out(given.options['json'] === undefined ? renderManager(view, ctx.palette) : `${JSON.stringify(view)}\n`);
    return 0;
  },
};

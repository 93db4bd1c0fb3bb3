// `pid`: the process ids of an app, one a line, for scripts.
import type { Command } from '../command.ts';

/** See the first line of this file. */
export const pid: Command = {
  name: 'pid',
  aliases: [],
  summary: 'print the process ids of an app, or of all',
  args: { usage: '[name]', min: 0, max: 1 },
  options: [],
  examples: [
    { line: 'holdfast pid api', does: 'one a line; 0 for an instance without a process' },
    { line: 'holdfast pid', does: 'those of all apps' },
  ],
  notes: ['An app that is not in the list has no process: an empty line, and exit code 0, as in PM2.'],
  afterDashes: 'words',
  async run(ctx, given) {
    const [name] = given.words;
    const { apps } = await ctx.client().apps();
    const instances = apps
      .filter((app) => name === undefined || app.name === name)
      .flatMap((app) => app.instances)
      .filter(({ role }) => role === 'current')
      .sort((a, b) => a.id - b.id);
    ctx.out(instances.length === 0 ? '\n' : instances.map((instance) => `${instance.pid ?? 0}\n`).join(''));
    return 0;
  },
};

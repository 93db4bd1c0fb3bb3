// `unset`: forgets a value that `set` has set.
import type { Command } from '../command.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const unset: Command = {
  name: 'unset',
  aliases: [],
  summary: 'forget a module setting',
  args: { usage: '<key>', min: 1, max: 1 },
  options: [],
  examples: [{ line: 'holdfast unset pm2-logrotate:max_size', does: 'the default again' }],
  notes: [],
  afterDashes: 'words',
  async run(ctx, { words }) {
    const { setModuleSetting } = await import('../../config/module-settings.ts');
    await setModuleSetting(ctx.home().moduleSettings, words[0]!, null);
    ctx.say(`${ctx.palette.green('[holdfast]')} ${printable(words[0]!)} is not set\n`);
    return 0;
  },
};

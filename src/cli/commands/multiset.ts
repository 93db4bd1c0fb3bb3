// `multiset`: `set`, several at a time.
import type { Command } from '../command.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const multiset: Command = {
  name: 'multiset',
  aliases: [],
  summary: 'set several module settings',
  args: { usage: '"<key> <value> ..."', min: 1, max: 1 },
  options: [],
  examples: [{ line: 'holdfast multiset "pm2-logrotate:max_size 10M pm2-logrotate:retain 30"', does: 'both; neither where one is wrong' }],
  notes: [],
  afterDashes: 'words',
  async run(ctx, { words }) {
    const { setModuleSettings } = await import('../../config/module-settings.ts');
    const pairs = await setModuleSettings(ctx.home().moduleSettings, words[0]!);
    ctx.say(pairs.map(([key, value]) => `${ctx.palette.green('[holdfast]')} ${printable(key)} is ${printable(value)}\n`).join(''));
    return 0;
  },
};

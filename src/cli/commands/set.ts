// `set`: sets a value of PM2's module settings. Those of pm2-logrotate are defaults of log rotation; others are only kept.
import { HoldfastError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Command } from '../command.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const set: Command = {
  name: 'set',
  aliases: ['config'],
  summary: 'set a module setting, such as those of pm2-logrotate',
  args: { usage: '[key value]', min: 0, max: 2 },
  options: [],
  examples: [
    { line: 'holdfast set pm2-logrotate:max_size 10M', does: 'for every app that says nothing of it and is started from now on' },
    { line: 'holdfast set pm2-logrotate:retain 30', does: 'keep 30 files of each log; also compress and rotateInterval' },
    { line: 'holdfast set', does: 'all of them in $VISUAL or $EDITOR' },
  ],
  notes: [
    'A running app has the new value after holdfast restart or reload of its config file. An app that sets log_max_size and its kin itself keeps its own.',
  ],
  afterDashes: 'words',
  async run(ctx, { words }) {
    const [key, value] = words;
    if (key === undefined) return (await import('../edit-settings.ts')).editSettings(ctx);
    if (value === undefined)
      throw new HoldfastError('USAGE', `Cannot set ${key}: no value follows it.`, {
        hint: `holdfast get ${shellWord(key)}, or holdfast set ${shellWord(key)} VALUE`,
      });
    const { setModuleSetting } = await import('../../config/module-settings.ts');
    await setModuleSetting(ctx.home().moduleSettings, key, value);
    ctx.say(`${ctx.palette.green('[holdfast]')} ${printable(key)} is ${printable(value)}\n`);
    return 0;
  },
};

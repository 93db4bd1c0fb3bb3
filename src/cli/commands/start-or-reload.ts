// `startOrReload`: the apps of config files, reloaded where they are there and started where not.
import type { Command } from '../command.ts';
import { FORCE_OPTION, RENEWAL_OPTION } from '../granted-options.ts';
import { CONFIG_FILE_OPTIONS } from '../read-specs.ts';
import { applyTask, carryOutRollouts, requireConfigs, ROLLOUT_OPTIONS } from '../rollout-command.ts';

const NAME = 'startOrReload';

/** See the first line of this file. */
export const startOrReload: Command = {
  name: NAME,
  aliases: ['startOrGracefulReload'],
  summary: 'reload the apps of a config file, and start those that are not there',
  args: { usage: '<config...>', min: 1, max: Infinity },
  options: [...CONFIG_FILE_OPTIONS, RENEWAL_OPTION, FORCE_OPTION, ...ROLLOUT_OPTIONS],
  examples: [
    { line: 'holdfast startOrReload ecosystem.config.js', does: 'what a deploy script needs, the first time and every other time' },
    { line: 'holdfast startOrReload ecosystem.config.js --only api', does: 'one app of the file' },
  ],
  notes: ['The same as holdfast reload with a config file.'],
  afterDashes: 'words',
  async run(ctx, given) {
    requireConfigs(NAME, given.words, { instead: 'reload' });
    const task = await applyTask(ctx, { command: NAME, configs: given.words }, given);
    return carryOutRollouts(ctx, task === null ? [] : [task], given);
  },
};

// `startOrRestart`: the apps of config files, restarted where they are there and started where not.
import { JSON_OPTION, NO_WAIT_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { FORCE_OPTION, RENEWAL_OPTION, TOGETHER_OPTION } from '../granted-options.ts';
import { CONFIG_FILE_OPTIONS } from '../read-specs.ts';
import { requireConfigs } from '../rollout-command.ts';
import { restart } from './restart.ts';

const NAME = 'startOrRestart';

/** See the first line of this file. */
export const startOrRestart: Command = {
  name: NAME,
  aliases: [],
  summary: 'restart the apps of a config file, and start those that are not there',
  args: { usage: '<config...>', min: 1, max: Infinity },
  options: [...CONFIG_FILE_OPTIONS, RENEWAL_OPTION, FORCE_OPTION, TOGETHER_OPTION, NO_WAIT_OPTION, JSON_OPTION],
  examples: [{ line: 'holdfast startOrRestart ecosystem.config.js', does: 'stops and starts again; startOrReload does it without a gap' }],
  notes: ['The same as holdfast restart with a config file.'],
  afterDashes: 'words',
  run(ctx, given) {
    requireConfigs(NAME, given.words, { instead: 'restart' });
    return restart.run(ctx, given);
  },
};

// `--watch` for apps that are known already, where it switches and names no files. For scripts and config files it is an option of config/flags.ts.
import { HoldfastError } from '../model/errors.ts';
import { shellWord } from '../model/shell-word.ts';
import type { Given, Option } from './command.ts';

/** Takes a word, as PM2's does (`stop api --watch 0`), so that it is not taken for a target. */
export const STOP_WATCHING_OPTION: Option = {
  name: 'watch',
  aliases: [],
  short: null,
  takes: 'maybes',
  placeholder: '0',
  help: 'do not watch their files any more, when they are started again either',
};

/** Which files an app watches is a setting of it. Throws USAGE for paths; what means yes or no is no path. */
export function refuseWatchValue(verb: 'start' | 'stop' | 'restart', given: Given): void {
  const paths = (given.options['watch'] as readonly string[] | undefined)?.filter((value) => !/^(true|false|0|1)$/.test(value)) ?? [];
  if (paths.length === 0) return;
  throw new HoldfastError(
    'USAGE',
    `Cannot ${verb}: --watch ${paths.map(shellWord).join(' ')} names files, and ${verb === 'stop' ? 'a stop' : 'an app that is known already'} takes none.`,
    { hint: 'set watch in its config file, or start its script again with --force and --watch' },
  );
}

/** What else is given: `--watch` of a known app is no setting of it that an option could change. */
export function withoutWatch(given: Given): Given {
  const { watch: _, ...options } = given.options;
  return { ...given, options };
}

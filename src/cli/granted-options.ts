// Options of PM2 that ask a command for what it does anyway, as they stand in scripts: taken, and nothing comes of them.
import { toggle, valued } from './command.ts';
import type { Option } from './command.ts';

/** For commands that nothing holds up. */
export const FORCE_OPTION: Option = toggle('force', "PM2's; nothing holds it up here", 'f');

/** For commands that take config files only. */
export const RENEWAL_OPTION: Option = toggle('update-env', "PM2's; a config file always renews the variables", 'a');

/** For commands of what is there already: in PM2, too, a start writes the file. */
export const WRITE_OPTION: Option = toggle('write', "PM2's; only start writes a config file", 'w');

/** For commands that do not go one by one. */
export const TOGETHER_OPTION: Option = valued('parallel', 'n', "PM2's; instances are restarted together, reload goes one by one");

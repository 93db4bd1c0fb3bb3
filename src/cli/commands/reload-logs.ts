// `reloadLogs`: has every log file opened anew, for an outside logrotate.
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';

/** See the first line of this file. */
export const reloadLogs: Command = {
  name: 'reloadLogs',
  aliases: ['reload-logs'],
  summary: 'go on in new log files, after somebody has moved the old ones',
  args: NO_ARGUMENTS,
  options: [],
  examples: [{ line: 'holdfast reloadLogs', does: 'in the postrotate script of logrotate, say' }],
  notes: [
    'Log files are rotated without it: see log_max_size. SIGUSR2 to the daemon, or to a host, does the same. A file that was moved is noticed in any case, within a second of the next line.',
  ],
  afterDashes: 'words',
  async run(ctx) {
    await ctx.client().reopenLogs();
    ctx.say(`${ctx.palette.green('[holdfast]')} log files reopened\n`);
    return 0;
  },
};

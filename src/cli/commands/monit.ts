// `monit`: all apps on a terminal as they are, with the log, the metrics and the settings of the selected one.
import { HoldfastError } from '../../model/errors.ts';
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import { runMonitor } from '../monit/run-monitor.ts';

/** See the first line of this file. */
export const monit: Command = {
  name: 'monit',
  aliases: ['dashboard', 'dash', 'imonit'],
  summary: 'watch all apps, their logs and metrics on the terminal',
  args: NO_ARGUMENTS,
  options: [],
  examples: [{ line: 'holdfast monit', does: 'until q; r, l and s restart, reload and stop the selected app' }],
  notes: ['The last row says which keys there are, ? shows all of them. Leaving changes nothing: apps run on.'],
  afterDashes: 'words',
  async run(ctx) {
    if (!ctx.isTTY) throw refusal('standard output is no terminal');
    if (ctx.env['TERM'] === 'dumb') throw refusal('the terminal cannot move its cursor (TERM is "dumb")');
    return runMonitor(ctx);
  },
};

function refusal(reason: string): HoldfastError {
  return new HoldfastError('USAGE', `Cannot show the monitor: ${reason}.`, { hint: 'holdfast ls, or holdfast logs' });
}

// `flush`: empties the log files of apps.
import { printSize } from '../../model/units.ts';
import { JSON_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { count } from '../render/text.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const flush: Command = {
  name: 'flush',
  aliases: [],
  summary: 'empty the log files of apps',
  args: { usage: '[target...]', min: 0, max: Infinity },
  options: [JSON_OPTION],
  examples: [
    { line: 'holdfast flush api', does: 'the present log files of all instances of api' },
    { line: 'holdfast flush', does: "those of every app, and pm2.log in PM2's home" },
  ],
  notes: [
    'Apps go on writing meanwhile. What rotation has put aside stays, as in PM2; it is kept small by log_max_files and log_total_max. The events of holdfast logs --events stay too; without a target pm2.log is emptied, where there is one.',
  ],
  afterDashes: 'words',
  async run(ctx, { words, options }) {
    const reply = await ctx.client().flush(words.length === 0 ? {} : { targets: [...words] });
    if (options['json'] !== undefined) {
      ctx.out(`${JSON.stringify(reply, null, 2)}\n`);
      return 0;
    }
    const kept = reply.files.reduce((sum, file) => ({ files: sum.files + file.kept.files, bytes: sum.bytes + file.kept.bytes }), {
      files: 0,
      bytes: 0,
    });
    for (const { path, bytes } of reply.files) ctx.say(`emptied ${printable(path)} (${printSize(bytes)})\n`);
    if (reply.files.length === 0) ctx.say('nothing to empty: no app writes to a log file\n');
    if (kept.files > 0) ctx.say(`${count(kept.files, 'file')} put aside before (${printSize(kept.bytes)}) stayed\n`);
    return 0;
  },
};

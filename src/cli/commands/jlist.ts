// `jlist`: PM2's machine-readable list. The shape is not known here; it is handed in by who does.
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import type { AppsReply } from '../../model/view.ts';
import type { Context } from '../context.ts';

/** Makes the text of the list from the apps with their specs. */
export type PrintJlist = (reply: AppsReply, ctx: Context) => Promise<string>;

/** The command, for a given shape. */
export function createJlist(print: PrintJlist): Command {
  return {
    name: 'jlist',
    aliases: [],
    summary: "print all apps as JSON in PM2's shape, with their environment",
    args: NO_ARGUMENTS,
    options: [],
    examples: [{ line: 'holdfast jlist', does: 'one line, for scripts written for pm2 jlist' }],
    notes: ['The environment of every app is in it, as in PM2: it may hold secrets. holdfast ls --json has none.'],
    afterDashes: 'words',
    async run(ctx) {
      ctx.out(await print(await ctx.client().apps({ full: true }), ctx));
      return 0;
    },
  };
}

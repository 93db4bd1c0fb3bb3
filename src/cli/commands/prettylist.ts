// `prettylist`: PM2's list in the form of util.inspect. The shape is not known here; it is handed in by who does.
import { NO_ARGUMENTS, toggle } from '../command.ts';
import type { Command } from '../command.ts';
import type { AppsReply } from '../../model/view.ts';
import type { Context } from '../context.ts';

/** Makes the text of the list from the apps with their specs. */
export type PrintPrettylist = (reply: AppsReply, ctx: Context, manner: { readonly showSecrets: boolean }) => Promise<string>;

/** The command, for a given shape. */
export function createPrettylist(print: PrintPrettylist): Command {
  return {
    name: 'prettylist',
    aliases: [],
    summary: "print all apps in PM2's shape, for people and for grep",
    args: NO_ARGUMENTS,
    options: [toggle('show-secrets', 'do not mask what looks like a secret')],
    examples: [{ line: 'holdfast prettylist', does: "what pm2 prettylist prints; restart_time: 0, exec_mode: 'fork_mode'" }],
    notes: ['Passwords, tokens, keys and passwords in addresses are masked.'],
    afterDashes: 'words',
    async run(ctx, given) {
      const reply = await ctx.client().apps({ full: true });
      ctx.out(await print(reply, ctx, { showSecrets: given.options['show-secrets'] !== undefined }));
      return 0;
    },
  };
}

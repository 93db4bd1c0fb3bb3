// `help`: the pages of the commands.
import type { Command, CommandEntry } from '../command.ts';
import { loadAll, loadCommand } from '../parse.ts';
import { renderCommandHelp, renderHelp } from '../render/help.ts';

/** The command, over the table that it stands in. */
export function createHelp(entries: () => readonly CommandEntry[]): Command {
  return {
    name: 'help',
    aliases: [],
    summary: 'show all commands, or one of them with examples',
    args: { usage: '[command]', min: 0, max: 1 },
    options: [],
    examples: [{ line: 'holdfast help start', does: 'the same as holdfast start --help' }],
    notes: [],
    afterDashes: 'words',
    async run(ctx, given) {
      const [word] = given.words;
      ctx.out(word === undefined ? renderHelp(await loadAll(entries())) : renderCommandHelp(await loadCommand(word, entries())));
      return 0;
    },
  };
}

// `examples`: a command line that works as it stands, for each command.
import { NO_ARGUMENTS } from '../command.ts';
import type { Command, CommandEntry } from '../command.ts';
import { loadAll } from '../parse.ts';
import { renderExamples } from '../render/help.ts';

/** The command, over the table that it stands in. */
export function createExamples(entries: () => readonly CommandEntry[]): Command {
  return {
    name: 'examples',
    aliases: [],
    summary: 'show a command line for each command',
    args: NO_ARGUMENTS,
    options: [],
    examples: [{ line: 'holdfast examples', does: 'one of each command; holdfast help start has all of start' }],
    notes: [],
    afterDashes: 'words',
    async run(ctx) {
      ctx.out(renderExamples(await loadAll(entries())));
      return 0;
    },
  };
}

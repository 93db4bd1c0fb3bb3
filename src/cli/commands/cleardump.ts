// `cleardump`: forgets what `save` has saved.
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import { WAITING, carryOut } from '../operate.ts';
import type { DumpReader } from './resurrect.ts';

/** See the first line of this file. */
export function createCleardump(load: () => Promise<DumpReader>): Command {
  return {
    name: 'cleardump',
    aliases: [],
    summary: 'forget what save has saved; the apps that run stay',
    args: NO_ARGUMENTS,
    options: [],
    examples: [{ line: 'holdfast cleardump', does: 'resurrect starts nothing from now on, until the next save' }],
    notes: [],
    afterDashes: 'words',
    async run(ctx) {
      const operation = await carryOut(
        ctx,
        { verb: 'cleardump', title: 'clearing', request: { action: 'clear-dump' } },
        { ...WAITING, quiet: true },
      );
      if (operation.state === 'failed') return 1;
      await (await load()).mirror(ctx);
      ctx.say(`${ctx.palette.green('[holdfast]')} ${ctx.home().dump} is empty now; holdfast save fills it again\n`);
      return 0;
    },
  };
}

// `save`: writes the list of apps for `resurrect`.
import { NO_ARGUMENTS, toggle } from '../command.ts';
import type { Command } from '../command.ts';
import { WAITING, carryOut } from '../operate.ts';
import { pm2Variable } from '../pm2-variable.ts';
import type { DumpReader } from './resurrect.ts';

/** See the first line of this file. */
export function createSave(load: () => Promise<DumpReader>): Command {
  return {
    name: 'save',
    aliases: ['dump'],
    summary: 'save the list of apps, for resurrect',
    args: NO_ARGUMENTS,
    options: [toggle('force', 'save an empty list too', 'f')],
    examples: [
      { line: 'holdfast save', does: 'the apps as they are now, stopped ones as stopped' },
      { line: 'holdfast save --force', does: 'also when there is none: resurrect will then start nothing' },
    ],
    notes: ["In PM2's home dump.pm2 is written as well, as PM2 would have, and the one before it becomes dump.pm2.bak."],
    afterDashes: 'words',
    async run(ctx, given) {
      const force = given.options['force'] !== undefined || pm2Variable(ctx, 'FORCE') !== undefined;
      const request = { action: 'save' as const, force };
      const operation = await carryOut(ctx, { verb: 'save', title: 'saving', request }, { ...WAITING, quiet: true });
      if (operation.state === 'failed') return 1;
      await (await load()).mirror(ctx);
      ctx.say(`${ctx.palette.green('[holdfast]')} saved in ${ctx.home().dump}; holdfast resurrect starts what is in it\n`);
      return 0;
    },
  };
}

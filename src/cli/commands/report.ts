// `report`: what a report of a bug needs to say of the machine, the manager and the apps. No variable of any app is in it.
import os from 'node:os';
import { printSize } from '../../model/units.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { renderFacts } from '../render/facts.ts';
import { renderManager } from '../render/manager.ts';
import { tableNow } from '../show-list.ts';

/** See the first line of this file. */
export const report: Command = {
  name: 'report',
  aliases: [],
  summary: 'print what a bug report needs: machine, manager, apps',
  args: { usage: '', min: 0, max: 0 },
  options: [],
  examples: [{ line: 'holdfast report', does: 'names of apps and folders are in it, no variables and no arguments' }],
  notes: ['What has happened last is shown by: holdfast logs --events --lines 50 --nostream'],
  afterDashes: 'words',
  async run(ctx) {
    const manager = await ctx.client().manager();
    ctx.out([renderMachine(ctx), renderManager(manager, ctx.palette), await tableNow(ctx, { notes: true })].join('\n'));
    return 0;
  },
};

function renderMachine({ palette, nodePath }: Context): string {
  return renderFacts(
    palette.bold('Machine'),
    [
      ['system', `${os.type()} ${os.release()}, ${process.arch}`],
      ['processors', String(os.availableParallelism())],
      ['memory', `${printSize(os.totalmem())}, ${printSize(os.freemem())} of it free`],
      ['node', `${process.version} at ${nodePath}`],
    ],
    palette,
  );
}

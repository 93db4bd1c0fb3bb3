// `slist`: figures of the machine. What they are called is not known here; they are handed in by who knows PM2's shapes.
import { inspect } from 'node:util';
import { JSON_OPTION, NO_ARGUMENTS, toggle } from '../command.ts';
import type { Command } from '../command.ts';
import { renderTree } from '../render/tree.ts';

/** Looks at the machine for a second. */
export type MeasureMachine = () => Promise<Readonly<Record<string, object>>>;

/** The command, for given figures. */
export function createSlist(measure: MeasureMachine): Command {
  return {
    name: 'slist',
    aliases: ['sysinfos'],
    summary: 'print figures of the machine: processors, memory, network, disks',
    args: NO_ARGUMENTS,
    options: [toggle('tree', 'as a tree', 't'), JSON_OPTION],
    examples: [
      { line: 'holdfast slist --json', does: 'names and units are those of PM2; rates are of the second that it takes' },
      { line: 'holdfast sysinfos -t', does: 'a line for each value' },
    ],
    notes: [],
    afterDashes: 'words',
    async run(ctx, { options }) {
      const figures = await measure();
      if (options['json'] !== undefined) ctx.out(`${JSON.stringify(figures)}\n`);
      else ctx.out(options['tree'] === undefined ? `${inspect(figures, { depth: null, breakLength: 80 })}\n` : renderTree(figures));
      return 0;
    },
  };
}

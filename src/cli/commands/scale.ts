// `scale`: sets or changes how many instances an app has.
import { HoldfastError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell-word.ts';
import { JSON_OPTION, NO_WAIT_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { carryOutAll } from '../operate.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const scale: Command = {
  name: 'scale',
  aliases: [],
  summary: 'set or change how many instances an app has',
  args: { usage: '<name> <n|+n|-n>', min: 2, max: 2 },
  options: [NO_WAIT_OPTION, JSON_OPTION],
  examples: [
    { line: 'holdfast scale api 4', does: 'four instances' },
    { line: 'holdfast scale api +2', does: 'two more' },
    { line: 'holdfast scale api -1', does: 'one less; the highest slot goes first' },
  ],
  notes: [],
  afterDashes: 'words',
  async run(ctx, given) {
    const [app, amount] = given.words as [string, string];
    const request = { action: 'scale' as const, app, ...readAmount(app, amount) };
    return carryOutAll(
      ctx,
      [{ verb: 'scale', title: `scaling ${printable(app)} to ${amount}`, request, again: `holdfast describe ${shellWord(app)}` }],
      given,
    );
  },
};

function readAmount(app: string, amount: string): { count: number } | { change: number } {
  const number = Number(amount);
  if (/^[+-]?\d{1,6}$/.test(amount) && amount !== '0') return /^\d/.test(amount) ? { count: number } : { change: number };
  const reason =
    amount === '0' ? 'an app has at least one instance.' : `${JSON.stringify(amount)} is no number of instances; 4, +2 and -1 are.`;
  throw new HoldfastError('USAGE', `Cannot scale ${JSON.stringify(app)}: ${reason}`, {
    hint: amount === '0' ? `holdfast stop ${app}` : 'holdfast scale --help',
  });
}

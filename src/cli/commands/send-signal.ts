// `sendSignal`: a signal for the processes of apps.
import { HoldfastError } from '../../model/errors.ts';
import { JSON_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { carryOut, WAITING } from '../operate.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const sendSignal: Command = {
  name: 'sendSignal',
  aliases: [],
  summary: 'send a signal to the processes of apps',
  args: { usage: '<signal> <target...>', min: 2, max: Infinity },
  options: [JSON_OPTION],
  examples: [
    { line: 'holdfast sendSignal SIGUSR2 api', does: 'to every instance of api' },
    { line: 'holdfast sendSignal USR1 0', does: 'to the process of id 0' },
  ],
  notes: [
    'It goes to the process itself, not to what it has started. A process that ends by it is restarted under its restart policy: to stop one, use stop.',
  ],
  afterDashes: 'words',
  async run(ctx, given) {
    const [word = '', ...targets] = given.words;
    const signal = nameOf(word);
    const title = `sending ${signal} to ${printable(targets.join(', '))}`;
    const json = given.options['json'] !== undefined;
    const operation = await carryOut(
      ctx,
      { verb: `send ${signal} to`, title, request: { action: 'signal', targets, signal } },
      { ...WAITING, quiet: json },
    );
    if (json) ctx.out(`${JSON.stringify({ operations: [operation] })}\n`);
    return operation.state === 'failed' ? 1 : 0;
  },
};

/** `usr2`, `USR2` and `SIGUSR2` are the same. */
function nameOf(word: string): string {
  const upper = word.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  if (/^SIG[A-Z][A-Z0-9]*$/.test(name)) return name;
  throw new HoldfastError('USAGE', `Cannot send ${JSON.stringify(word)}: that is no name of a signal.`, {
    hint: 'holdfast sendSignal SIGUSR2 api',
  });
}

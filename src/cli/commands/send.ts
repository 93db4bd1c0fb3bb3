// `send`: writes a line to the standard input of instances.
import type { Command } from '../command.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const send: Command = {
  name: 'send',
  aliases: [],
  summary: 'write a line to the standard input of an app',
  args: { usage: '<target> <line>', min: 2, max: 2 },
  options: [],
  examples: [
    { line: 'holdfast send 0 reload', does: 'the instance with id 0 reads "reload" and a line end' },
    { line: 'holdfast send repl .help', does: 'every instance of repl; a line with blanks in it is to be quoted' },
  ],
  notes: [
    'For fork mode only: instances of cluster mode have no standard input. A line has up to 4095 bytes; it is written whole or not at all, and an app that does not read is waited for by nobody.',
  ],
  afterDashes: 'words',
  async run(ctx, { words }) {
    const { sent } = await ctx.client().send({ target: words[0]!, line: words[1]! });
    for (const { app, slot, id } of sent) ctx.say(`sent to ${printable(app)}:${slot} (id ${id})\n`);
    return 0;
  },
};

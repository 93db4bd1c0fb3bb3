// `inspect`: opens Node's inspector in one instance and says where a debugger connects.
import { JSON_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const inspect: Command = {
  name: 'inspect',
  aliases: [],
  summary: 'open a running app to a debugger',
  args: { usage: '<target>', min: 1, max: 1 },
  options: [JSON_OPTION],
  examples: [{ line: 'holdfast inspect api', does: 'its address for Chrome (chrome://inspect), and the line for a terminal' }],
  notes: [
    'It is for Node, and one instance at a time: all of them would take port 9229, unless they have --node-args="--inspect-port=0".',
    'Who can connect there commands the app. It listens on 127.0.0.1 until the process ends; from elsewhere: ssh -L 9229:127.0.0.1:9229 host',
  ],
  afterDashes: 'words',
  async run(ctx, { words, options }) {
    const reply = await ctx.client().inspect({ target: words[0]! });
    if (options['json'] !== undefined) {
      ctx.out(`${JSON.stringify(reply)}\n`);
      return 0;
    }
    const { app, slot, pid, url } = reply;
    ctx.out(`${ctx.palette.green('[holdfast]')} ${printable(app)}:${slot} (pid ${pid}) is open to debuggers until it ends: ${url}\n`);
    ctx.out(`  In Chrome: chrome://inspect\n  Here: node inspect ${new URL(url).host}\n`);
    return 0;
  },
};

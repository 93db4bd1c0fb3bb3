// `attach`: a terminal of one running instance: its output as it comes, typed lines to its standard input.
import { HoldfastError } from '../../model/errors.ts';
import type { InputRequest } from '../../model/api.ts';
import type { InstanceView } from '../../model/view.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const attach: Command = {
  name: 'attach',
  aliases: [],
  summary: 'show what one instance writes and send it what is typed',
  args: { usage: '<target> [separator]', min: 1, max: 2 },
  options: [],
  examples: [
    { line: 'holdfast attach 0', does: 'the instance with id 0, until Ctrl-C or Ctrl-D' },
    { line: 'holdfast attach repl ";"', does: 'each line that is typed goes to it with a ";" at its end, in place of a line feed' },
  ],
  notes: ['Leaving does not end the app. Input is for fork mode only, a line at a time; output is shown for every app.'],
  afterDashes: 'words',
  async run(ctx, { words }) {
    const [target = '', end] = words;
    const { app, slot, id } = await findOne(ctx, target);
    ctx.err(`attached to ${printable(app)}:${slot} (id ${id}): what you type goes to it a line at a time; Ctrl-C leaves, and it runs on\n`);
    const leave = new AbortController();
    const signal = AbortSignal.any([ctx.signal, leave.signal]);
    const isDone = showOutput(ctx, { id, app, slot }, signal);
    const isTyped = sendLines(ctx, { target: String(id), ...(end === undefined ? {} : { end }) }, signal).then(() => leave.abort());
    await Promise.race([isDone, isTyped.then(() => isDone)]);
    return 0;
  },
};

async function findOne(ctx: Context, target: string): Promise<InstanceView> {
  const { apps } = await ctx.client().apps({ targets: [target] });
  const found = apps.flatMap(({ instances }) => instances);
  if (found.length === 1) return found[0]!;
  const ids = found.map(({ id }) => id).join(', ');
  throw new HoldfastError('USAGE', `Cannot attach to ${target}: it has ${found.length} instances, with the ids ${ids}.`, {
    hint: `holdfast attach ${found[0]?.id ?? target}`,
  });
}

/** Ends with the signal; rejects when the daemon goes. */
async function showOutput(ctx: Context, { id, slot, app }: { id: number; slot: number; app: string }, signal: AbortSignal): Promise<void> {
  for await (const entry of ctx.client().logs({ targets: [String(id)], lines: 0, follow: true, signal })) {
    if (entry.app !== app || (entry.slot !== null && entry.slot !== slot)) continue;
    if (entry.stream === 'event') ctx.err(`[${entry.text}]\n`);
    else ctx.out(`${entry.text}\n`);
  }
  if (signal.aborted) return;
  throw new HoldfastError('DAEMON_UNREACHABLE', `Cannot stay attached to ${app}:${slot}: the daemon closed the connection.`, {
    hint: `holdfast attach ${id}`,
  });
}

/** A line that cannot be sent is reported; the next one may be. */
async function sendLines(ctx: Context, to: Omit<InputRequest, 'line'>, signal: AbortSignal): Promise<void> {
  for await (const line of ctx.lines(signal)) {
    try {
      await ctx.client().send({ ...to, line });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      ctx.err(`${error.message}\n`);
    }
  }
}

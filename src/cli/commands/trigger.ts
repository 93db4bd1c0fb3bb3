// `trigger`: has apps do an action that they have told of, and prints what each returns.
import { HoldfastError } from '../../model/errors.ts';
import { parseDuration } from '../../model/units.ts';
import type { Ms } from '../../model/units.ts';
import type { TriggerAnswer } from '../../model/view.ts';
import { JSON_OPTION, valued } from '../command.ts';
import type { Command } from '../command.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const trigger: Command = {
  name: 'trigger',
  aliases: [],
  summary: 'have an app do one of its actions, and print what it returns',
  args: { usage: '<target> <action> [params]', min: 2, max: 3 },
  options: [valued('timeout', 'time', 'how long to wait for the answers, 30s if not said'), JSON_OPTION],
  examples: [
    { line: 'holdfast trigger api gc', does: 'every instance of api that has told of an action "gc" does it' },
    { line: 'holdfast trigger 0 setLevel debug', does: 'the same with a parameter, on the instance with id 0' },
    { line: 'holdfast trigger api km:heapdump --timeout 5m', does: 'one that takes its time' },
  ],
  notes: [
    'Apps tell of their actions with @pm2/io or pmx, or by themselves: process.send({ type: "axm:action", data: { action_name: "gc" } }). holdfast describe shows them.',
    'Instances that do not know the action are left out, unless none does. It fails where one has not answered in time.',
  ],
  afterDashes: 'words',
  async run(ctx, { words, options }) {
    const [target = '', action = '', params] = words;
    const timeoutMs = readTimeout(options['timeout']);
    const request = { target, action, ...(params === undefined ? {} : { params }), ...(timeoutMs === null ? {} : { timeoutMs }) };
    const { answers } = await ctx.client().trigger(request);
    if (options['json'] !== undefined) ctx.out(`${JSON.stringify({ answers })}\n`);
    else for (const answer of answers) if (answer.error === null) ctx.out(`${printAnswer(answer)}\n`);
    const isKnown = answers.some(({ called }) => called);
    const missing = answers.filter(({ error, called }) => error !== null && (called || !isKnown));
    for (const { app, slot, error } of missing)
      ctx.err(`[holdfast] ${printable(`Cannot trigger ${action} on ${app}:${slot}: ${error}.`)}\n`);
    return missing.length === 0 ? 0 : 1;
  },
};

/** As PM2 prints it, for scripts. */
function printAnswer({ app, id, namespace, returned }: Extract<TriggerAnswer, { error: null }>): string {
  return `[${app}:${id}:${namespace}]=${JSON.stringify(returned)}`;
}

function readTimeout(given: unknown): Ms | null {
  if (given === undefined) return null;
  const timeoutMs = typeof given === 'string' ? parseDuration(given) : undefined;
  if (timeoutMs !== undefined && timeoutMs >= 1 && timeoutMs <= 3_600_000) return timeoutMs;
  throw new HoldfastError('USAGE', `Cannot wait for ${JSON.stringify(given)}: --timeout is a time up to an hour, such as 30s or 5m.`, {
    hint: 'holdfast trigger api gc --timeout 5m',
  });
}

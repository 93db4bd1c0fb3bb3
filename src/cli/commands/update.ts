// `update`: brings the running manager to this build, without stopping an app.
import { HoldfastError } from '../../model/errors.ts';
import { VERSION } from '../../model/version.ts';
import { JSON_OPTION, NO_ARGUMENTS, NO_WAIT_OPTION, toggle } from '../command.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { carryOutAll } from '../operate.ts';

const POLL_MS = 20;
/** A daemon that is asked to leave says goodbye to its hosts and saves its list. */
const LEAVES_WITHIN_MS = 10_000;

/** See the first line of this file. */
export const update: Command = {
  name: 'update',
  aliases: ['updatePM2'],
  summary: 'bring the running manager to this version; no app is stopped for it',
  args: NO_ARGUMENTS,
  options: [toggle('all', 'also what runs this version already, to have it begin anew'), NO_WAIT_OPTION, JSON_OPTION],
  examples: [
    { line: 'holdfast update', does: 'after npm install -g holdfast@latest: everything that runs moves to the new version' },
    { line: 'holdfast update --all', does: 'the same version, by new processes' },
  ],
  notes: [
    'The daemon is replaced at once. Then each host gives way to a new one: instances in cluster mode are replaced one by one as in a reload, so that no request is lost; processes in fork mode stay as they are, with their pids.',
    'A process in fork mode has lost its line for messages to the manager then (process.send does nothing), and how it ends one day is not known, until it is restarted.',
    'What cannot move is named with its reason and goes on under its old host. Type it again: it moves what is left.',
  ],
  afterDashes: 'words',
  async run(ctx, given) {
    const all = given.options['all'] !== undefined;
    await replaceDaemon(ctx, { all, isQuiet: given.options['json'] !== undefined });
    return carryOutAll(ctx, [{ verb: 'update', title: 'moving apps to this version', request: { action: 'update', all } }], given);
  },
};

/** Its version tells whether it is another build. One that does not run is started by the next request. */
async function replaceDaemon(ctx: Context, { all, isQuiet }: { readonly all: boolean; readonly isQuiet: boolean }): Promise<void> {
  const say = (text: string): void => (isQuiet ? undefined : ctx.say(`${ctx.palette.green('[holdfast]')} ${text}\n`));
  if (!(await ctx.client().isRunning())) return;
  const { version, pid } = await ctx.client().ping();
  if (version === VERSION && !all) return say(`the daemon runs version ${VERSION} already (pid ${pid})`);
  ctx.endDaemon(pid);
  const end = ctx.clock.epochMs() + LEAVES_WITHIN_MS;
  while (ctx.isAlive(pid)) {
    if (ctx.clock.epochMs() > end)
      throw new HoldfastError('OPERATION_FAILED', `Cannot update: the daemon (pid ${pid}) does not leave. Nothing has changed.`, {
        hint: `kill -9 ${pid}; holdfast update`,
      });
    await new Promise<void>((resolve) => void ctx.clock.setTimer(POLL_MS, resolve));
  }
  const next = await ctx.client().ping();
  say(`daemon ${version} (pid ${pid}) has left, ${next.version} (pid ${next.pid}) has taken over; the apps noticed nothing`);
}

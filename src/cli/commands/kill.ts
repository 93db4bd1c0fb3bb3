// `kill`: stops every app, every host and the daemon.
import fs from 'node:fs';
import type { Home } from '../../model/home.ts';
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { WAITING, carryOut } from '../operate.ts';

/** See the first line of this file. */
export const kill: Command = {
  name: 'kill',
  aliases: [],
  summary: 'stop every app, then holdfast itself',
  args: NO_ARGUMENTS,
  options: [],
  examples: [{ line: 'holdfast kill', does: 'stops all apps, their hosts and the daemon' }],
  notes: ['What holdfast save has saved stays, and so do the log files.'],
  afterDashes: 'words',
  async run(ctx) {
    const tag = ctx.palette.green('[holdfast]');
    if (!(await ctx.client().isRunning()) && !hasHosts(ctx.home())) {
      ctx.say(`${tag} nothing to stop: no daemon runs\n`);
      return 0;
    }
    const { pid } = await ctx.client().ping();
    const operation = await carryOut(
      ctx,
      { verb: 'kill', title: 'stopping everything', request: { action: 'kill' } },
      { ...WAITING, quiet: true },
    );
    if (operation.state === 'failed') return 1;
    await untilGone(ctx, pid);
    ctx.say(`${tag} all apps stopped\n${tag} daemon stopped\n`);
    return 0;
  },
};

/** Hosts may outlive a daemon that was killed: a new daemon finds them, and then stops them. */
function hasHosts(home: Home): boolean {
  return fs.existsSync(home.hosts) && fs.readdirSync(home.hosts).some((file) => file.endsWith('.sock'));
}

const POLL_MS = 20;
const PATIENCE_MS = 3000;

/** The daemon answers before it exits; who types `kill && rm` wants it gone. */
async function untilGone(ctx: Context, pid: number): Promise<void> {
  const end = ctx.clock.epochMs() + PATIENCE_MS;
  while (((await ctx.client().isRunning()) || ctx.isAlive(pid)) && ctx.clock.epochMs() < end) {
    await new Promise<void>((resolve) => void ctx.clock.setTimer(POLL_MS, resolve));
  }
}

// `unstartup`: nothing is started at boot any more.
import { removeUnit, SYSTEMD, unitFile } from '../../startup/install.ts';
import type { Systemd } from '../../startup/install.ts';
import type { Command } from '../command.ts';
import { readStartupRequest, STARTUP_OPTIONS, sudoLine } from '../startup-request.ts';

/** See the first line of this file. */
export function createUnstartup(systemd: Systemd = SYSTEMD): Command {
  return {
    name: 'unstartup',
    aliases: [],
    summary: 'start nothing at boot any more',
    args: { usage: '[systemd]', min: 0, max: 1 },
    options: STARTUP_OPTIONS,
    examples: [
      { line: 'holdfast unstartup', does: 'prints what to type as root; as root, removes the unit' },
      { line: 'holdfast unstartup systemd -u deploy --hp /home/deploy', does: 'as root: that of deploy' },
    ],
    notes: ['What runs goes on, and what was saved stays.'],
    afterDashes: 'words',
    run(ctx, given) {
      const request = readStartupRequest(ctx, given, systemd);
      const tag = ctx.palette.green('[holdfast]');
      if (ctx.uid !== 0) {
        ctx.out(`${tag} to remove this, root has to type:\n${sudoLine(ctx, 'unstartup', request, given)}\n`);
        return Promise.resolve(1);
      }
      const file = unitFile(systemd, request.unit);
      ctx.say(removeUnit(systemd, request.unit) ? `${tag} ${file} is removed\n` : `${tag} nothing to remove: there is no ${file}\n`);
      return Promise.resolve(0);
    },
  };
}

// `startup`: has systemd bring the saved apps back at boot.
import fs from 'node:fs';
import path from 'node:path';
import { homeAt } from '../../model/home.ts';
import { installUnit, SYSTEMD, unitFile } from '../../startup/install.ts';
import type { Systemd } from '../../startup/install.ts';
import { printUnit } from '../../startup/systemd.ts';
import { toggle } from '../command.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { readStartupRequest, STARTUP_OPTIONS, sudoLine } from '../startup-request.ts';
import type { StartupRequest } from '../startup-request.ts';

/** See the first line of this file. */
export function createStartup(systemd: Systemd = SYSTEMD): Command {
  return {
    name: 'startup',
    aliases: [],
    summary: 'start the saved apps at boot, by systemd',
    args: { usage: '[systemd]', min: 0, max: 1 },
    options: [
      ...STARTUP_OPTIONS,
      toggle('wait-ip', 'start only when the machine has an address'),
      toggle('print', 'print the unit; write and enable nothing'),
    ],
    examples: [
      { line: 'holdfast startup', does: 'prints what to type as root; as root, sets it up' },
      { line: 'holdfast startup systemd -u deploy --hp /home/deploy', does: 'as root: for the apps of deploy' },
      { line: 'holdfast startup --print', does: 'the unit, to look at' },
    ],
    notes: [
      'It is needed once, and again when Node has moved. Which apps are started is what holdfast save saved last.',
      'The unit counts from the next boot. To hand over now: holdfast save, holdfast kill, then as root: systemctl start holdfast-USER.',
    ],
    afterDashes: 'words',
    run(ctx, given) {
      const request = readStartupRequest(ctx, given, systemd);
      const unit = unitOf(ctx, request, given.options['wait-ip'] !== undefined);
      if (given.options['print'] !== undefined) {
        ctx.out(unit);
        return Promise.resolve(0);
      }
      if (ctx.uid !== 0) {
        // The command is the last line, so that it can be cut off by scripts.
        ctx.out(`${ctx.palette.green('[holdfast]')} to set this up, root has to type:\n${sudoLine(ctx, 'startup', request, given)}\n`);
        return Promise.resolve(1);
      }
      installUnit(systemd, request.unit, unit);
      ctx.say(
        `${ctx.palette.green('[holdfast]')} ${unitFile(systemd, request.unit)} is enabled: what ${request.user} saves is started at boot\n`,
      );
      if (!fs.existsSync(homeAt(request.homeRoot).dump)) ctx.say(`Nothing is saved yet. As ${request.user}: holdfast save\n`);
      return Promise.resolve(0);
    },
  };
}

function unitOf(ctx: Context, { user, homeRoot, homeVariable }: StartupRequest, waitsForIp: boolean): string {
  const { nodePath, programPath } = ctx;
  const folders = (ctx.env['PATH'] ?? '').split(':').filter((folder) => path.isAbsolute(folder));
  const searchPath = [...new Set([...folders, path.dirname(nodePath), '/usr/local/bin', '/usr/bin', '/bin'])].join(':');
  return printUnit({ user, homeRoot, homeVariable, nodePath, programPath, searchPath, waitsForIp });
}

// `deepUpdate`: has npm install the latest version, and that version take over what runs.
import fs from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';

const INSTALL = ['npm', 'install', '-g', 'holdfast@latest'] as const;
const BY_HAND = { hint: `${INSTALL.join(' ')} && holdfast update` };

/** See the first line of this file. */
export const deepUpdate: Command = {
  name: 'deepUpdate',
  aliases: [],
  summary: 'install the latest version with npm, then update to it; no app is stopped',
  args: NO_ARGUMENTS,
  options: [],
  examples: [{ line: 'holdfast deepUpdate', does: BY_HAND.hint }],
  notes: [
    'It is for what npm install -g has installed; anything else is refused, with nothing touched. Where npm fails, what runs goes on as it was.',
    'Back to an earlier version: npm install -g holdfast@VERSION && holdfast update',
  ],
  afterDashes: 'words',
  async run(ctx) {
    await refuseOtherFolders(ctx);
    say(ctx, INSTALL.join(' '));
    const { code } = await ctx.runProgram(INSTALL, 'shown');
    if (code !== 0) throw failure(`npm ended with code ${code}. What runs goes on as it was`);
    say(ctx, 'holdfast update');
    // By its file, which is another one now: this process is still of the version before.
    return (await ctx.runProgram([ctx.nodePath, ctx.programPath, 'update'], 'shown')).code;
  },
};

function say(ctx: Context, line: string): void {
  ctx.say(`${ctx.palette.green('[holdfast]')} running: ${line}\n`);
}

function failure(reason: string): HoldfastError {
  return new HoldfastError('OPERATION_FAILED', `Cannot update Holdfast: ${reason}.`, BY_HAND);
}

/** npm would install a second one beside it, and the one that was called would stay what it is. */
async function refuseOtherFolders({ runProgram, programPath }: Context): Promise<void> {
  const asked = await runProgram(['npm', 'root', '-g'], 'taken').catch((error: unknown) => {
    throw failure(`npm cannot be started (${(error as Error).message})`);
  });
  if (asked.code !== 0) throw failure(`npm root -g ended with code ${asked.code}`);
  const root = asked.printed.trim();
  const program = fs.realpathSync(programPath);
  if (fs.existsSync(root) && program.startsWith(`${fs.realpathSync(root)}${path.sep}`)) return;
  throw failure(`${program} is not in ${root}, where npm install -g installs`);
}

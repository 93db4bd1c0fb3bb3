// `alias`: a link called pm2 beside the command, so that scripts that say pm2 reach it.
import fs from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { toggle } from '../command.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';

/** See the first line of this file. */
export const alias: Command = {
  name: 'alias',
  aliases: [],
  summary: 'put a link called pm2 beside holdfast, or take it away',
  args: { usage: '<install|uninstall>', min: 1, max: 1 },
  options: [toggle('force', 'replace the pm2 that is there', 'f')],
  examples: [
    { line: 'holdfast alias install', does: 'from then on pm2 means holdfast, with the home and exit codes of PM2' },
    { line: 'holdfast alias uninstall', does: 'takes the link away' },
  ],
  notes: ['A pm2 of another program is not replaced without --force; npm install -g pm2 brings it back.'],
  afterDashes: 'words',
  run(ctx, { words: [word], options }) {
    if (word !== 'install' && word !== 'uninstall')
      throw new HoldfastError('USAGE', `Cannot do ${JSON.stringify(word)} to the alias: there are install and uninstall.`, {
        hint: 'holdfast alias install',
      });
    const link = linkOf(ctx, word);
    try {
      if (word === 'install') install(ctx, link, options['force'] !== undefined);
      else uninstall(ctx, link);
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
      throw new HoldfastError('OPERATION_FAILED', `Cannot ${word} the alias: ${(error as Error).message}.`, { cause: error });
    }
    return Promise.resolve(0);
  },
};

interface Link {
  readonly file: string;
  /** The command, in the same folder. */
  readonly target: string;
  /** What is at `file`. */
  readonly now: 'nothing' | 'ours' | 'another';
}

function linkOf({ programPath }: Context, word: string): Link {
  const folder = path.dirname(programPath);
  const target = path.join(folder, 'holdfast');
  if (!fs.existsSync(target))
    throw new HoldfastError(
      'OPERATION_FAILED',
      `Cannot ${word} the alias: there is no holdfast in ${folder}, beside which it would stand.`,
      {
        hint: 'npm install -g holdfast, then: holdfast alias install',
      },
    );
  const file = path.join(folder, 'pm2');
  return { file, target, now: whatIsAt(file, target) };
}

function whatIsAt(file: string, target: string): Link['now'] {
  if (fs.lstatSync(file, { throwIfNoEntry: false }) === undefined) return 'nothing';
  return fs.existsSync(file) && fs.realpathSync(file) === fs.realpathSync(target) ? 'ours' : 'another';
}

function install(ctx: Context, { file, target, now }: Link, isForced: boolean): void {
  if (now === 'another' && !isForced)
    throw new HoldfastError('OPERATION_FAILED', `Cannot install the alias: ${file} is there, and is not Holdfast.`, {
      hint: 'holdfast alias install --force, once PM2 is not needed any more',
    });
  if (now !== 'ours') {
    const fresh = `${file}.new`;
    fs.rmSync(fresh, { force: true });
    fs.symlinkSync(path.basename(target), fresh);
    fs.renameSync(fresh, file);
  }
  ctx.say(`${ctx.palette.green('[holdfast]')} ${file} is Holdfast now\n`);
}

function uninstall(ctx: Context, { file, now }: Link): void {
  if (now === 'another')
    throw new HoldfastError('OPERATION_FAILED', `Cannot uninstall the alias: ${file} is not Holdfast's.`, { hint: `ls -l ${file}` });
  if (now === 'ours') fs.rmSync(file);
  ctx.say(`${ctx.palette.green('[holdfast]')} there is no alias ${file} any more\n`);
}

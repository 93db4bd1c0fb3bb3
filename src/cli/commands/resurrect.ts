// `resurrect`: starts what was saved and is not in the list.
import fs from 'node:fs';
import path from 'node:path';
import type { OperationRequest } from '../../model/api.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { SavedApps } from '../../model/saved-apps.ts';
import { shellWord } from '../../model/shell-word.ts';
import { JSON_OPTION, toggle, valued } from '../command.ts';
import type { Command, Given } from '../command.ts';
import type { Context } from '../context.ts';
import { hasCode } from '../errors.ts';
import { carryOutAll } from '../operate.ts';
import { printable } from '../render/width.ts';
import { renderWarning } from '../render/operation.ts';

/** PM2's saved list, whose form is not known in this folder. */
export interface DumpReader {
  /** Throws for a file that is not there or cannot be read; it is left as it is. */
  read(ctx: Context, file: string): Promise<SavedApps>;
  /** The pid of a PM2 that runs the apps of that file at this moment; null where there is none. */
  pm2Behind(ctx: Context, file: string): number | null;
  /** PM2's file in PM2's home, where it was written later than ours, or ours is not there; null otherwise. */
  newer(ctx: Context): string | null;
  /** In PM2's home: writes what was just saved, or cleared, in PM2's form too. */
  mirror(ctx: Context): Promise<void>;
}

/** See the first line of this file. */
export function createResurrect(load: () => Promise<DumpReader>): Command {
  return {
    name: 'resurrect',
    aliases: [],
    summary: 'start the apps that were saved and are not in the list',
    args: { usage: '[file]', min: 0, max: 1 },
    options: [
      valued('from', 'file', 'another saved list: a dump.json, or the dump.pm2 of PM2'),
      toggle('force', 'start them though PM2 still runs them', 'f'),
      JSON_OPTION,
    ],
    examples: [
      { line: 'holdfast resurrect', does: 'what holdfast save has saved; stopped apps come back stopped' },
      { line: 'holdfast resurrect --from ~/.pm2/dump.pm2', does: 'what pm2 save has saved, after pm2 kill' },
    ],
    notes: [
      'A file of PM2 is only read. An app in it that cannot be started as it stands is left out and said; the others come back.',
      "In PM2's home its dump.pm2 is taken where that was written after the last save, by PM2 or by anybody.",
    ],
    afterDashes: 'words',
    async run(ctx, given) {
      const named = fileOf(ctx, given);
      const dumps = await load();
      const file = named ?? dumps.newer(ctx);
      return file === null ? resurrectSaved(ctx, given) : resurrectFrom(ctx, given, { file, dumps });
    },
  };
}

function fileOf({ cwd }: Context, { words, options }: Given): string | null {
  const [word] = words;
  const { from } = options;
  if (word !== undefined && from !== undefined)
    throw new HoldfastError('USAGE', `Cannot resurrect: ${JSON.stringify(word)} and --from are two files.`, {
      hint: 'holdfast resurrect --help',
    });
  const file = word ?? (typeof from === 'string' ? from : undefined);
  return file === undefined ? null : path.resolve(cwd, file);
}

const TITLE = 'bringing back what was saved';

function ask(ctx: Context, given: Given, request: OperationRequest): Promise<number> {
  return carryOutAll(ctx, [{ verb: 'resurrect', title: TITLE, request }], given);
}

async function resurrectSaved(ctx: Context, given: Given): Promise<number> {
  try {
    return await ask(ctx, given, { action: 'resurrect' });
  } catch (error) {
    const theirs = path.join(ctx.env['PM2_HOME'] || path.join(ctx.env['HOME'] ?? '/', '.pm2'), 'dump.pm2');
    if (!hasCode(error, 'DUMP_MISSING') || !fs.existsSync(theirs)) throw error;
    throw new HoldfastError('DUMP_MISSING', `Cannot resurrect: there is no ${ctx.home().dump}, but PM2 has saved apps in ${theirs}.`, {
      hint: `holdfast resurrect --from ${shellWord(theirs)}`,
      cause: error,
    });
  }
}

async function resurrectFrom(ctx: Context, given: Given, { file, dumps }: { file: string; dumps: DumpReader }): Promise<number> {
  const { apps, warnings, leftOut, isPm2 } = await dumps.read(ctx, file);
  const pid = isPm2 && given.options['force'] === undefined ? dumps.pm2Behind(ctx, file) : null;
  if (pid !== null)
    throw new HoldfastError(
      'OPERATION_FAILED',
      `Cannot resurrect from ${file}: PM2 (pid ${pid}) runs these apps now, and they would run twice.`,
      {
        hint: `pm2 kill, then: holdfast resurrect --from ${shellWord(file)}`,
      },
    );
  for (const warning of warnings) ctx.err(renderWarning(printable(warning), ctx.errPalette));
  for (const text of leftOut) ctx.err(renderWarning(`left out: ${printable(text)}`, ctx.errPalette));
  if (apps.length === 0) {
    if (leftOut.length === 0) ctx.say(`${ctx.palette.green('[holdfast]')} nothing to bring back: ${file} has no apps\n`);
    return leftOut.length === 0 ? 0 : 1;
  }
  const exitCode = await ask(ctx, given, { action: 'resurrect', apps: apps.map((app) => ({ ...app })) });
  return leftOut.length > 0 ? 1 : exitCode;
}

// `start --write`: for each script a config file in the working folder that starts the same again.
import fs from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import type { Given } from './command.ts';
import type { Context } from './context.ts';
import { startFlags } from './read-specs.ts';
import { renderWarning } from './render/operation.ts';
import { printable } from './render/width.ts';

/** A script as it was typed, and what its app is called. */
export interface NamedScript {
  readonly script: string;
  readonly name: string;
}

/** Writes them before anything is started. A file of that name that says something else stays, with a warning, unless --force is given. Throws OPERATION_FAILED. */
export async function writeConfigs(ctx: Context, scripts: readonly NamedScript[], given: Given): Promise<void> {
  const { printConfig } = await import('../config/written-config.ts');
  if (scripts.length === 0) ctx.err(renderWarning('--write has no effect: it is for scripts, and none was named.', ctx.errPalette));
  for (const { script, name } of scripts) {
    const file = path.join(ctx.cwd, `${name.replaceAll('/', '-')}-pm2.json`);
    const text = printConfig({ script, name, flags: startFlags(given), scriptArgs: given.scriptArgs });
    if (write(file, text, given.options['force'] === undefined ? 'wx' : 'w'))
      ctx.say(`${ctx.palette.green('[holdfast]')} wrote ${printable(file)}\n`);
    else if (readText(file) !== text)
      ctx.err(renderWarning(`${printable(file)} says something else and stays as it is; --force replaces it.`, ctx.errPalette));
  }
}

function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null; // A folder, or not ours to read: something else in any case.
  }
}

/** Whether it was written: with `wx` not over a file. */
function write(file: string, text: string, flag: 'w' | 'wx'): boolean {
  try {
    fs.writeFileSync(file, text, { flag });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new HoldfastError('OPERATION_FAILED', `Cannot write ${file}: ${(error as Error).message}.`, {
      hint: 'the same without --write',
      cause: error,
    });
  }
}

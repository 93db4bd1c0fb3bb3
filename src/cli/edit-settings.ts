// `set` without words: all module settings in an editor, taken over when they can be understood.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import type { Context } from './context.ts';
import { printable } from './render/width.ts';

/** Resolves to the exit code. Throws, with nothing changed and what was typed kept, where it is not to be understood. */
export async function editSettings(ctx: Context): Promise<number> {
  const editor = editorOf(ctx);
  const file = ctx.home().moduleSettings;
  const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '{}\n';
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'holdfast-'));
  const draft = path.join(folder, path.basename(file));
  fs.writeFileSync(draft, before, { mode: 0o600 });
  const code = await ctx.edit(editor, draft);
  const isChanged = code === 0 && fs.readFileSync(draft, 'utf8') !== before;
  if (isChanged) await takeOver(file, draft);
  fs.rmSync(folder, { recursive: true });
  if (code !== 0)
    throw new HoldfastError('OPERATION_FAILED', `Cannot edit ${file}: ${editor} ended with code ${code}; nothing was changed.`, {
      hint: 'EDITOR=nano holdfast set',
    });
  const what = isChanged ? 'is changed; apps have it after holdfast restart or reload of their config file' : 'is as it was';
  ctx.say(`${ctx.palette.green('[holdfast]')} ${printable(file)} ${what}\n`);
  return 0;
}

function editorOf({ env, isTTY }: Context): string {
  const named = [env['VISUAL'], env['EDITOR']].find((editor) => editor !== undefined && editor.trim() !== '');
  if (named !== undefined) return named;
  if (isTTY) return 'vi';
  throw new HoldfastError('USAGE', 'Cannot edit the module settings: VISUAL and EDITOR name no editor, and this is no terminal.', {
    hint: 'holdfast set KEY VALUE',
  });
}

async function takeOver(file: string, draft: string): Promise<void> {
  const { takeModuleSettings } = await import('../config/module-settings.ts');
  try {
    await takeModuleSettings(file, draft);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const message = `${error.message} Nothing was changed; what you wrote is kept in ${draft}.`;
    throw new HoldfastError(error.code, message, { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error });
  }
}

// The table of all apps, asked for and printed: by `list`, and by every command that changes it.
import fs from 'node:fs';
import type { Context } from './context.ts';
import { renderList } from './render/list.ts';
import type { Compare } from './render/list.ts';
import { isSimple, simpleWidthOf } from './render/width.ts';

/** Prints the table for the terminal or pipe at hand. */
export async function showList(ctx: Context, order?: Compare): Promise<void> {
  ctx.out(await tableNow(ctx, order));
}

/** The text of the table as it is now. */
export async function tableNow(ctx: Context, order?: Compare): Promise<string> {
  const reply = await ctx.client().apps();
  const widthOf = reply.apps.every((app) => isSimple(app.name)) ? simpleWidthOf : (await import('./render/wide.ts')).widthOf;
  const saved = reply.apps.length === 0 && fs.existsSync(ctx.home().dump);
  const maxWidth = ctx.isTTY ? ctx.columns : null;
  return renderList(reply, { maxWidth, palette: ctx.palette, widthOf, saved, ...(order === undefined ? {} : { order }) });
}

// The table of all apps, asked for and printed: by `list`, and by every command that changes it.
import fs from 'node:fs';
import type { AppsReply } from '../model/view.ts';
import type { Context } from './context.ts';
import { renderList } from './render/list.ts';
import type { ListStyle } from './render/list.ts';
import { isSimple, simpleWidthOf } from './render/width.ts';
import type { WidthOf } from './render/width.ts';

/** Prints the table for the terminal or pipe at hand. */
export async function showList(ctx: Context): Promise<void> {
  ctx.out(await tableNow(ctx));
}

/** What may be otherwise. `notes`: on a terminal where nothing is said. */
export type ListManner = Partial<Pick<ListStyle, 'order' | 'notes'>>;

/** The text of the table as it is now. */
export async function tableNow(ctx: Context, manner: ListManner = {}): Promise<string> {
  const reply = await ctx.client().apps();
  return renderList(reply, {
    maxWidth: ctx.isTTY ? ctx.columns : null,
    palette: ctx.palette,
    widthOf: await measure(reply),
    saved: reply.apps.length === 0 && fs.existsSync(ctx.home().dump),
    versionOf: ctx.versionOf,
    userOf: ({ uid }) => ctx.userName(uid ?? ctx.uid),
    machine: ctx.machine(),
    notes: ctx.isTTY,
    ...manner,
  });
}

async function measure({ apps }: AppsReply): Promise<WidthOf> {
  return apps.every(({ name, namespace }) => isSimple(name + namespace)) ? simpleWidthOf : (await import('./render/wide.ts')).widthOf;
}

// `list --watch`: the table rewritten in place every second, until Ctrl-C.
import { HoldfastError } from '../model/errors.ts';
import type { Context } from './context.ts';
import { startLiveBlock } from './live-block.ts';
import { pause } from './pause.ts';

const TICK_MS = 1000;

/** Shows what `render` gives anew each second; the last one stays on the screen. Throws USAGE where there is no terminal. */
export async function watchList(ctx: Context, render: () => Promise<string>): Promise<void> {
  if (!ctx.isTTY)
    throw new HoldfastError('USAGE', 'Cannot watch the list: standard output is no terminal.', { hint: 'holdfast ls --json' });
  let text = await render();
  const block = startLiveBlock(ctx, () => fitting(text, ctx.rows));
  while (!ctx.signal.aborted) {
    await pause(ctx.clock, TICK_MS, ctx.signal);
    if (ctx.signal.aborted) break;
    text = await render();
    block.draw();
  }
  block.clear();
  ctx.out(text);
}

/** One row is for the cursor. */
function fitting(text: string, rows: number): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.length < rows ? lines : [...lines.slice(0, rows - 2), `and ${lines.length - rows + 2} more lines`];
}

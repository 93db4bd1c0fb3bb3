// The one line on a terminal that shows that something is being waited for. In a pipe there is none.
import { widthOf } from './render/wide.ts';
import { printable, truncate } from './render/width.ts';
import type { Clock, Context } from './context.ts';

/** A line that is rewritten in place. */
export interface LiveLine {
  /** Shows what happened last. */
  show(text: string): void;
  /** Takes the line away; nothing is shown any more. */
  clear(): void;
}

const TICK_MS = 1000;
const ERASE = '\r\u001b[2K';

/** Starts a live line with a title; the seconds it has been there follow. */
export function startLiveLine(
  ctx: Pick<Context, 'out' | 'isTTY' | 'silent' | 'columns' | 'env' | 'clock' | 'palette'>,
  title: string,
): LiveLine {
  if (!ctx.isTTY || ctx.silent || ctx.env['TERM'] === 'dumb') return { show: () => undefined, clear: () => undefined };
  const startedAt = ctx.clock.epochMs();
  let last = '';
  const draw = (): void => {
    const seconds = Math.floor((ctx.clock.epochMs() - startedAt) / 1000);
    const text = truncate(printable(`${title} ... ${seconds > 0 ? `${seconds} s ` : ''}${last}`).trimEnd(), ctx.columns - 1, widthOf);
    ctx.out(ERASE + ctx.palette.dim(text));
  };
  const stopTicking = every(ctx.clock, draw);
  draw();
  return {
    show(text) {
      last = text;
      draw();
    },
    clear() {
      stopTicking();
      ctx.out(ERASE);
    },
  };
}

function every(clock: Clock, act: () => void): () => void {
  let cancel = clock.setTimer(TICK_MS, tick);
  function tick(): void {
    act();
    cancel = clock.setTimer(TICK_MS, tick);
  }
  return () => cancel();
}

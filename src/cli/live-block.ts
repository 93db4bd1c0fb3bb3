// Lines on a terminal that are rewritten in place, with a tick a second. What they say is the caller's.
import type { Context } from './context.ts';

/** Lines that are there until they are cleared. */
export interface LiveBlock {
  /** Something has changed. */
  draw(): void;
  /** Takes the lines away; nothing is drawn any more. */
  clear(): void;
}

const TICK_MS = 1000;
/** To the end of the line, and to the end of the screen (ECMA-48, EL and ED): what is overwritten is never blank in between. */
const ERASE_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** `lines` is asked at every change and every second; none may be wider than the terminal, all together not higher. */
export function startLiveBlock({ out, clock }: Pick<Context, 'out' | 'clock'>, lines: () => readonly string[]): LiveBlock {
  let height = 0;
  let drawn = '';
  let cancel: () => void = () => undefined;
  // After Ctrl-C the terminal's own `^C` stands where the cursor was.
  const toTop = (): string => (height === 0 ? '\r' : `\r\u001b[${height}A`);
  const draw = (): void => {
    const now = lines();
    const text = now.map((line) => `${line}${ERASE_LINE}\n`).join('');
    if (text === drawn) return;
    out(toTop() + text + ERASE_BELOW);
    [height, drawn] = [now.length, text];
  };
  const tick = (): void => {
    draw();
    cancel = clock.setTimer(TICK_MS, tick);
  };
  tick();
  return {
    draw,
    clear() {
      cancel();
      out(toTop() + ERASE_BELOW);
    },
  };
}

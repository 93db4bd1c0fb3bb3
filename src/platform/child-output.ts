// The two output pipes of a child: always drained, and declared ended even when somebody keeps them open.
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { systemClock } from './clock.ts';
import type { Ms } from '../model/units.ts';

/** How long a grandchild that holds the pipe may delay the end of the output. */
const HELD_PIPE_GRACE_MS: Ms = 500;

/** What the reader calls. */
export interface OutputEvents {
  output(stream: 'out' | 'err', chunk: Buffer): void;
  outputEnded(): void;
}

/** Reads both pipes. `endSoon` is called at the child's exit: `outputEnded` follows once, when both pipes are at their end or the grace is over. */
export function readOutput(child: ChildProcess, on: OutputEvents): { endSoon(): void } {
  const pipes = [child.stdout, child.stderr].filter((pipe) => pipe !== null);
  let open = pipes.length;
  let afterExit: (() => void) | null = null;
  child.stdout?.on('data', (chunk: Buffer) => on.output('out', chunk));
  child.stderr?.on('data', (chunk: Buffer) => on.output('err', chunk));
  for (const pipe of pipes) {
    // A reset of the pipe is its end: 'close' follows.
    pipe.on('error', () => undefined);
    pipe.once('close', () => {
      open -= 1;
      if (open === 0) afterExit?.();
    });
  }
  return {
    endSoon(): void {
      if (open === 0) {
        on.outputEnded();
        return;
      }
      const end = (): void => {
        cancel();
        afterExit = null;
        for (const pipe of pipes) discard(pipe);
        on.outputEnded();
      };
      afterExit = end;
      const cancel = systemClock.setTimer(HELD_PIPE_GRACE_MS, end);
    },
  };
}

/** A grandchild that outlives its parent on purpose would be killed by SIGPIPE if we closed: its output is read on and thrown away until it ends. */
function discard(pipe: Readable): void {
  pipe.removeAllListeners('data');
  pipe.resume();
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
}

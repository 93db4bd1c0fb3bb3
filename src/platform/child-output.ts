// The two output streams of a child: always drained, and declared ended even when somebody keeps them open.
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { systemClock } from './clock.ts';
import type { ReadEnds } from './fifos.ts';
import type { Ms } from '../model/units.ts';

/** How long a grandchild that holds the pipe may delay the end of the output. */
const HELD_PIPE_GRACE_MS: Ms = 500;

/** What the reader calls. */
export interface OutputEvents {
  output(stream: 'out' | 'err', chunk: Buffer): void;
  outputEnded(): void;
}

/** Null where there is nothing to read. */
export interface OutputStreams {
  readonly out: Readable | null;
  readonly err: Readable | null;
}

/** The streams of two FIFOs, whose descriptors they own from now on. */
export function streamsOf({ out, err }: ReadEnds): OutputStreams {
  return { out: new Socket({ fd: out, readable: true, writable: false }), err: new Socket({ fd: err, readable: true, writable: false }) };
}

/** A reader of both streams. */
export interface OutputReader {
  endSoon(): void;
  /** Nothing is read while this is on; the child's exit ends that for good. */
  hold(isOn: boolean): void;
  /** Reads no more: what has been read already is told, the rest is whoever's that opens the other end next. Neither end nor close is told. */
  letGo(): void;
}

/**
 * Reads both streams. `endSoon` is called at the child's exit: `outputEnded` follows once, when both are at their end or the grace is over.
 * `closed` is called when both are at their end before that.
 */
export function readOutput({ out, err }: OutputStreams, on: OutputEvents, closed: () => void = () => {}): OutputReader {
  const pipes = [out, err].filter((pipe) => pipe !== null);
  let open = pipes.length;
  let ended = closed;
  out?.on('data', (chunk: Buffer) => on.output('out', chunk));
  err?.on('data', (chunk: Buffer) => on.output('err', chunk));
  for (const pipe of pipes) {
    // A reset of the pipe is its end: 'close' follows.
    pipe.on('error', () => undefined);
    pipe.once('close', () => {
      open -= 1;
      if (open === 0) ended();
    });
  }
  let isEnding = false;
  function hold(isOn: boolean): void {
    // Held now, what is left in the pipes would seem to be held by a grandchild.
    if (isEnding) return;
    for (const pipe of pipes)
      if (isOn) pipe.pause();
      else pipe.resume();
  }
  return {
    hold,
    letGo() {
      ended = () => {};
      for (const pipe of pipes) {
        pipe.pause();
        // Tells it as data, from Node 26 on chunk by chunk. What this asks the kernel for comes later, and by then the pipe is closed here.
        while (pipe.readableLength > 0 && pipe.read() !== null);
        pipe.destroy();
      }
    },
    endSoon(): void {
      hold(false);
      isEnding = true;
      if (open === 0) {
        on.outputEnded();
        return;
      }
      const end = (): void => {
        cancel();
        ended = () => {};
        for (const pipe of pipes) discard(pipe);
        on.outputEnded();
      };
      ended = end;
      const cancel = systemClock.setTimer(HELD_PIPE_GRACE_MS, end);
    },
  };
}

/** A grandchild that outlives its parent on purpose would be stopped by a full pipe, or killed by SIGPIPE: its output is read on and thrown away until it ends. */
function discard(pipe: Readable): void {
  pipe.removeAllListeners('data');
  pipe.resume();
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
}

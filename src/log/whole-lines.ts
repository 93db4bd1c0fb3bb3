// Lets whole lines through and holds the beginning of the next one back for a moment, so that who shares a file writes between lines and not into them.
import type { Bytes, Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';

/** A line that is longer goes on in pieces. */
const MAX_HELD_BYTES: Bytes = 64 * 1024;
/** A prompt, or a row of dots, is seen in the file after this. */
const MAX_HELD_MS: Ms = 1000;
const NEWLINE = 0x0a;

/** The bytes of one stream. */
export interface WholeLines {
  push(chunk: Buffer): void;
  /** Passes on what is held: nothing comes any more. */
  end(): void;
}

/** `pass` gets pieces that belong behind each other; all but those of very long or very slow lines end with a newline. Nothing is copied. */
export function createWholeLines(clock: Clock, pass: (pieces: readonly Buffer[]) => void): WholeLines {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let heldSinceMs: Ms = 0;
  let alarm: Cancel | null = null;

  function hold(piece: Buffer): void {
    if (piece.length === 0) return;
    if (held.length === 0) heldSinceMs = clock.monotonicMs();
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes > MAX_HELD_BYTES) release();
    else alarm ??= clock.setTimer(MAX_HELD_MS, ring);
  }

  function release(): void {
    if (held.length === 0) return;
    const pieces = held;
    held = [];
    heldBytes = 0;
    pass(pieces);
  }

  /** One timer serves for many beginnings: each is younger than the last alarm. */
  function ring(): void {
    alarm = null;
    if (held.length === 0) return;
    const leftMs = heldSinceMs + MAX_HELD_MS - clock.monotonicMs();
    if (leftMs > 0) alarm = clock.setTimer(leftMs, ring);
    else release();
  }

  return {
    push(chunk) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end === 0) return hold(chunk);
      const first = end === chunk.length ? chunk : chunk.subarray(0, end);
      const pieces = held.length === 0 ? [first] : [...held, first];
      held = [];
      heldBytes = 0;
      pass(pieces);
      hold(chunk.subarray(end));
    },
    end() {
      alarm?.();
      alarm = null;
      release();
    },
  };
}

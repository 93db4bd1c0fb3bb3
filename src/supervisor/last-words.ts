// The latest output of one instance while it is on trial: what a person wants to read when its rollout fails. Bounded; files hold the rest.
import type { Bytes } from '../model/units.ts';

/** So much of each stream is kept, and at most so many lines are told. */
const KEPT_BYTES: Bytes = 8 * 1024;
const MAX_LINES = 10;

export interface LastWords {
  /** A new run: what earlier ones wrote is forgotten as soon as this one writes. */
  renew(): void;
  push(stream: 'out' | 'err', chunk: Buffer): void;
  /** The last lines of standard error, or where there are none of standard output. */
  lines(): readonly string[];
}

export function createLastWords(): LastWords {
  let kept: Record<'out' | 'err', Buffer> = { out: Buffer.alloc(0), err: Buffer.alloc(0) };
  let isNewRun = false;

  function linesOf(stream: 'out' | 'err'): readonly string[] {
    const lines = kept[stream].toString().split('\n');
    // What was cut at its beginning is no line.
    const whole = kept[stream].length < KEPT_BYTES ? lines : lines.slice(1);
    return whole
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .slice(-MAX_LINES);
  }

  return {
    renew: () => void (isNewRun = true),
    push(stream, chunk) {
      if (isNewRun) kept = { out: Buffer.alloc(0), err: Buffer.alloc(0) };
      isNewRun = false;
      kept[stream] = Buffer.concat([kept[stream], chunk]).subarray(-KEPT_BYTES);
    },
    lines() {
      const errors = linesOf('err');
      return errors.length > 0 ? errors : linesOf('out');
    },
  };
}

// daemon.log as a file: opened for each piece of text, and put aside when it has become large. What stands in it is not its business.
import fs from 'node:fs';
import { createRetention } from '../log/retention.ts';
import { putAside } from '../log/rotate.ts';
import type { Bytes } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';

const MAX_BYTES: Bytes = 10 * 2 ** 20;
/** Plain: a host whose output goes into it since its start may have its last words there. */
const ROTATION = { maxBytes: MAX_BYTES, everyMs: null, maxFiles: 5, maxAgeMs: null, compress: false, totalMaxBytes: null };

/** Appends text to `file`; throws the system's error. `maxBytes` is smaller in tests. */
export function createEventFile(options: {
  readonly file: string;
  readonly clock: Clock;
  readonly maxBytes?: Bytes;
}): (text: string) => void {
  const { file, clock } = options;
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  const keep = { rotation: ROTATION, family: { files: [file], numbered: false } };
  const retention = createRetention({ path: file, clock, compress: () => Promise.resolve(true), keep });
  let isMoving = false;

  async function move(): Promise<void> {
    isMoving = true;
    try {
      await putAside(file, clock.epochMs());
      retention.tidy();
    } catch {
      // A folder in which nothing can be made: it grows on, and the next text tries again.
    }
    isMoving = false;
  }

  return (text) => {
    fs.appendFileSync(file, text, { mode: 0o600 });
    if (!isMoving && fs.statSync(file).size > maxBytes) void move();
  };
}

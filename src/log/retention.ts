// What becomes of the files that one log file was put aside as: some are compressed, some removed. It runs only after a rotation.
import { unlink } from 'node:fs';
import { promisify } from 'node:util';
import type { LogRotation } from '../model/app-spec.ts';
import type { Clock } from '../platform/clock.ts';
import { tidy } from '../policy/rotate.ts';
import { indexPath, removeIndex } from './index-file.ts';
import { survey } from './rotate.ts';
import type { LogFamily } from './rotate.ts';

/** Compresses each file to one with `.gz` at its end and removes it. Resolves to whether all are; never rejects. */
export type Compress = (files: readonly string[]) => Promise<boolean>;

/** What is kept. */
export interface Keep {
  readonly rotation: LogRotation;
  readonly family: LogFamily;
}

/** Of one log file. */
export interface Retention {
  /** Something was put aside just now. */
  tidy(): void;
  keepBy(keep: Keep): void;
}

const remove = promisify(unlink);

export function createRetention(options: {
  readonly path: string;
  readonly clock: Clock;
  readonly compress: Compress;
  readonly keep: Keep;
}): Retention {
  const { path, clock, compress } = options;
  let { keep } = options;
  let isBusy = false;
  let isAsked = false;
  let isArmed = false;
  let isCompressing = false;

  async function tidyOnce(): Promise<void> {
    const { aside, liveBytes } = await survey(path, keep.family);
    const plan = tidy(aside, { rotation: keep.rotation, liveBytes, now: clock.epochMs() });
    // The source of a result that somebody who died did not get to remove has the same one.
    const kept = new Set(aside.filter((file) => !plan.remove.includes(file)).map((file) => indexPath(file.path)));
    for (const file of plan.remove) {
      await remove(file.path).catch(() => undefined); // another process of the same app was faster, or the next time will do
      if (!kept.has(indexPath(file.path)) && file.form !== 'partial') removeIndex(file.path);
    }
    if (plan.againInMs !== null && !isArmed) {
      isArmed = true;
      clock.setTimer(plan.againInMs, () => {
        isArmed = false;
        begin();
      });
    }
    if (plan.compress.length > 0 && !isCompressing) void squeeze(plan.compress.map((file) => file.path));
  }

  async function squeeze(files: readonly string[]): Promise<void> {
    isCompressing = true;
    const isDone = await compress(files);
    isCompressing = false;
    // What was put aside meanwhile. What could not be compressed waits for the next rotation.
    if (isDone) begin();
  }

  function begin(): void {
    isAsked = true;
    if (!isBusy) void run();
  }

  async function run(): Promise<void> {
    isBusy = true;
    while (isAsked) {
      isAsked = false;
      // A folder that may not be listed: what was put aside stays.
      await tidyOnce().catch(() => undefined);
    }
    isBusy = false;
  }

  return {
    tidy: begin,
    keepBy: (next) => void (keep = next),
  };
}

// When a log file is put aside, and what becomes of those put aside before. Pure: it touches no file.
import type { LogRotation } from '../model/app-spec.ts';
import type { Bytes, Ms } from '../model/units.ts';

/** A file put aside is left alone for so long: another process may be writing its last line into it. */
export const SETTLE_MS: Ms = 2000;
/** A file that is being compressed is not touched for so long; then whoever did it has died. */
const ABANDONED_MS: Ms = 600_000;
/** The first Sunday of 1970, where weeks begin. */
const FIRST_SUNDAY_MS: Ms = 3 * 86_400_000;
const WEEK_MS: Ms = 7 * 86_400_000;

/** A log file before more is written to it. Moments are wall-clock milliseconds, so that a day begins at midnight here. */
export interface Writing {
  readonly size: Bytes;
  readonly moreBytes: Bytes;
  /** Whether its last line is whole. */
  readonly endsLine: boolean;
  /** When it was last written to; null for a file of unknown age. */
  readonly lastAt: number | null;
  readonly now: number;
}

/** Whether the file is to be put aside before the next write. A line is not torn apart unless it is as long as a whole file. */
export function isDue({ size, moreBytes, endsLine, lastAt, now }: Writing, { maxBytes, everyMs }: LogRotation): boolean {
  if (size === 0) return false;
  if (maxBytes !== null && size + moreBytes > maxBytes) return endsLine || size >= 2 * maxBytes;
  return everyMs !== null && lastAt !== null && endsLine && periodOf(now, everyMs) > periodOf(lastAt, everyMs);
}

function periodOf(at: number, everyMs: Ms): number {
  return Math.floor((at - (everyMs % WEEK_MS === 0 ? FIRST_SUNDAY_MS : 0)) / everyMs);
}

/** Whether a file put aside is as it was, compressed since, or being compressed. */
export type AsideForm = 'plain' | 'compressed' | 'partial';

/** A file that was put aside. */
export interface AsideFile {
  /** When it was put aside, in epoch milliseconds. */
  readonly at: number;
  readonly form: AsideForm;
  readonly path: string;
  readonly bytes: Bytes;
  /** Of the very log file that is looked after; the others are its app's. */
  readonly own: boolean;
}

/** What to do about the files put aside. */
export interface Tidying {
  readonly remove: readonly AsideFile[];
  readonly compress: readonly AsideFile[];
  /** When something is left to be compressed later; null when nothing is. */
  readonly againInMs: Ms | null;
}

/** `liveBytes`: what the app's present log files take; they are never removed, but count in the total. */
export function tidy(
  files: readonly AsideFile[],
  { rotation, liveBytes, now }: { readonly rotation: LogRotation; readonly liveBytes: Bytes; readonly now: number },
): Tidying {
  const { maxFiles, maxAgeMs, totalMaxBytes, compress } = rotation;
  const newestFirst = [...files].sort((a, b) => b.at - a.at);
  const remove = new Set(newestFirst.filter((file) => isLeftOver(file, files, now)));
  const kept = newestFirst.filter((file) => file.form !== 'partial' && !remove.has(file));
  const own = kept.filter((file) => file.own);
  if (maxFiles !== null) for (const file of own.slice(maxFiles)) remove.add(file);
  if (maxAgeMs !== null) for (const file of own) if (now - file.at > maxAgeMs) remove.add(file);
  let total = liveBytes;
  for (const file of kept) {
    if (remove.has(file)) continue;
    total += file.bytes;
    if (totalMaxBytes !== null && total > totalMaxBytes) remove.add(file);
  }
  const plain = compress ? own.filter((file) => file.form === 'plain' && !remove.has(file)) : [];
  const isSettled = (file: AsideFile): boolean => Math.abs(now - file.at) >= SETTLE_MS;
  return {
    remove: [...remove],
    compress: plain.filter(isSettled),
    againInMs: plain.some((file) => !isSettled(file)) ? SETTLE_MS : null,
  };
}

/** What somebody who died while compressing has left: the half of a result, or the source of a whole one. */
function isLeftOver(file: AsideFile, files: readonly AsideFile[], now: number): boolean {
  if (!file.own) return false;
  const hasForm = (form: AsideForm): boolean => files.some((other) => other.own && other.at === file.at && other.form === form);
  if (file.form === 'plain') return hasForm('compressed');
  return file.form === 'partial' && (!hasForm('plain') || now - file.at > ABANDONED_MS);
}

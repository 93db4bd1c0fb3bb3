// How soon a host that follows dead ones may be followed itself, so that whatever ends them cannot make an endless chain of them. Pure.
import type { Ms } from '../model/units.ts';

/** Older ones do not count. */
const WINDOW_MS: Ms = 60_000;
/** So many may follow each other at once: somebody may kill a host, and the next one too. */
const AT_ONCE = 3;
const FIRST_PAUSE_MS: Ms = 1000;
const LONGEST_PAUSE_MS: Ms = 30_000;

/** Those that still count, with this one. Epoch milliseconds, oldest first. */
export function addTakeover(before: readonly number[], now: number): readonly number[] {
  return [...before.filter((at) => now - at < WINDOW_MS), now];
}

/** Epoch milliseconds from which on the next one may begin. */
export function nextTakeoverAt(takeovers: readonly number[]): number {
  const latest = takeovers.at(-1) ?? 0;
  const surplus = takeovers.length - AT_ONCE;
  return surplus <= 0 ? latest : latest + Math.min(FIRST_PAUSE_MS * 2 ** (surplus - 1), LONGEST_PAUSE_MS);
}

// The rolling window of unexpected exits: a list of moments, pruned by time, so that a slow crash loop is still seen as one.
import type { Ms } from '../model/units.ts';

/** The moments less than `windowMs` old at `nowMs`, oldest first. */
export function pruneExits(exitsAtMs: readonly Ms[], nowMs: Ms, windowMs: Ms): readonly Ms[] {
  return exitsAtMs.filter((atMs) => nowMs - atMs < windowMs);
}

/** The window after one more exit at `nowMs`. A window of 0 holds nothing: its rule is off. */
export function addExit(exitsAtMs: readonly Ms[], nowMs: Ms, windowMs: Ms): readonly Ms[] {
  return pruneExits([...exitsAtMs, nowMs], nowMs, windowMs);
}

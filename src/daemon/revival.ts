// How long to wait before a host is started again by itself: at once the first time, longer while it keeps dying. It starts nothing.
import type { Ms } from '../model/units.ts';

const FIRST_DELAY_MS: Ms = 500;
const MAX_DELAY_MS: Ms = 30_000;
/** A host that was fine for so long begins anew. */
const FORGET_AFTER_MS: Ms = 60_000;

/** Returns the delay before the next revival of a host: 0, 500 ms, 1 s, 2 s ... 30 s. Call it once for each revival. */
export function createRevivalDelays(): (host: string, nowMs: Ms) => Ms {
  const past = new Map<string, { readonly count: number; readonly atMs: Ms }>();
  return (host, nowMs) => {
    const last = past.get(host);
    const count = last !== undefined && nowMs - last.atMs < FORGET_AFTER_MS ? last.count + 1 : 0;
    const delayMs = count === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (count - 1), MAX_DELAY_MS);
    past.set(host, { count, atMs: nowMs + delayMs });
    return delayMs;
  };
}

// The doubling delay before a restart. Which exits count towards it is restart.ts' business.
import type { Ms } from '../model/units.ts';

/** `baseMs` x 2^(n-1) for the n-th consecutive unexpected exit, capped by `maxMs`; 0 where the backoff is off (`baseMs` 0) or nothing counts (n 0). */
export function backoffDelay(backoff: { readonly baseMs: Ms; readonly maxMs: Ms; readonly n: number }): Ms {
  if (backoff.baseMs === 0 || backoff.n === 0) return 0;
  return Math.min(backoff.maxMs, backoff.baseMs * 2 ** (backoff.n - 1));
}

// So many messages and so many characters in a second, and no more. The caller owns the clock.

export interface AllowanceLimits {
  readonly count: number;
  readonly chars: number;
}

export interface Allowance {
  /** Whether this one may pass; then it counts. `nowMs` is of any one clock. */
  take(nowMs: number, chars: number): boolean;
}

const SECOND_MS = 1000;

/** A second begins with the first message after the one before has ended. */
export function createAllowance(limits: AllowanceLimits): Allowance {
  let beganMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  let chars = 0;
  return {
    take(nowMs, length) {
      // Also where somebody has set the clock back.
      if (nowMs - beganMs >= SECOND_MS || nowMs < beganMs) {
        beganMs = nowMs;
        count = 0;
        chars = 0;
      }
      if (count >= limits.count || chars + length > limits.chars) return false;
      count += 1;
      chars += length;
      return true;
    },
  };
}

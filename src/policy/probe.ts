// What the looks of a probe add up to: run lengths against thresholds. Looking, and what follows, are done elsewhere.
import type { Ms } from '../model/units.ts';

/** Readiness begins as failing: nobody gets traffic unproven. Liveness begins as passing: nobody is replaced unproven. */
export type ProbeKind = 'readiness' | 'liveness';

/** What is remembered between two looks at one child. A successor begins anew. */
export interface ProbeRun {
  readonly passing: boolean;
  /** It has succeeded at least once. */
  readonly proven: boolean;
  /** So many looks in a row, the latest included, said what the latest one said. */
  readonly run: number;
  readonly lastOk: boolean | null;
}

/** The state of a child that nobody has looked at yet. */
export function createProbeRun(kind: ProbeKind): ProbeRun {
  return { passing: kind === 'liveness', proven: false, run: 0, lastOk: null };
}

export interface ProbeThresholds {
  readonly failures: number;
  readonly successes: number;
  readonly startPeriodMs: Ms;
}

export interface Look {
  readonly ok: boolean;
  /** Since the launch of the child. */
  readonly ageMs: Ms;
}

/**
 * One look. `flipped`: `passing` has changed by it. The very first success is enough; to pass again takes `successes` in a row.
 * Before the first success failures count only after the start period.
 */
export function stepProbe(state: ProbeRun, look: Look, limits: ProbeThresholds): { readonly next: ProbeRun; readonly flipped: boolean } {
  const isForgiven = !look.ok && !state.proven && look.ageMs < limits.startPeriodMs;
  const run = isForgiven ? 0 : look.ok === state.lastOk ? state.run + 1 : 1;
  const needed = look.ok ? (state.proven ? limits.successes : 1) : limits.failures;
  const passing = run >= needed ? look.ok : state.passing;
  return {
    next: { passing, proven: state.proven || look.ok, run, lastOk: look.ok },
    flipped: passing !== state.passing,
  };
}

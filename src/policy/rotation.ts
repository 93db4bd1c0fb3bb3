// Who of an app's online instances gets traffic, by what their readiness probes say. How traffic is given is the balancer's business.

/** An instance that is online and not held back. */
export interface Candidate {
  readonly key: number;
  /** `yes` also where there is no probe; `never`: it has not passed yet. */
  readonly isReady: 'yes' | 'never' | 'failed';
  readonly inRotation: boolean;
}

/** Keys of those in rotation from now on: the ready ones. Where none is, the last one stays although it fails: worse than it is only nobody. */
export function decideRotation(candidates: readonly Candidate[]): ReadonlySet<number> {
  const keysOf = (chosen: readonly Candidate[]): ReadonlySet<number> => new Set(chosen.map(({ key }) => key));
  const ready = candidates.filter(({ isReady }) => isReady === 'yes');
  if (ready.length > 0) return keysOf(ready);
  const failed = candidates.filter(({ isReady }) => isReady === 'failed');
  const kept = failed.filter(({ inRotation }) => inRotation);
  // Those that served and were put aside are asked again when the last one is gone.
  return keysOf(kept.length > 0 ? kept : failed);
}

// Who of an app's online instances gets traffic, by what their readiness probes say and by how many are to stand by. How traffic is given is the balancer's business.

/** An instance that is online and not held back. */
export interface Candidate {
  readonly key: number;
  /** Its stable number in the app. */
  readonly slot: number;
  /** `yes` also where there is no probe; `never`: it has not passed yet. */
  readonly isReady: 'yes' | 'never' | 'failed';
  /** It has a server. One that has none yet is no reason to keep another from traffic. */
  readonly listens: boolean;
  readonly inRotation: boolean;
  /** It was replaced and is about to go. */
  readonly isLeaving: boolean;
  /** Of two that could step in it is the newer one. */
  readonly release: number;
}

/** Keys. Those of neither set get no traffic, and are not ready to get any. */
export interface Chosen {
  readonly serving: ReadonlySet<number>;
  /** They could serve at once. */
  readonly standby: ReadonlySet<number>;
}

/** How many serve of so many slots: all but those that stand by, and at least one. Without any there is no limit: a reload may have more for a moment. */
export function countPlaces({ slots, standby }: { readonly slots: number; readonly standby: number }): number {
  return standby === 0 ? Infinity : Math.max(1, slots - standby);
}

/** Those that serve from now on: the ready ones, as far as there are places. Where none is ready, the last one stays although it fails: worse than it is only nobody. */
export function decideRotation(candidates: readonly Candidate[], places: number): Chosen {
  const ready = candidates.filter(({ isReady }) => isReady === 'yes');
  const serving = fill(ready.length > 0 ? ready : leastBad(candidates), places);
  return { serving, standby: keysOf(ready.filter(({ key, isLeaving }) => !serving.has(key) && !isLeaving)) };
}

/** Those that served and were put aside are asked again when the last one is gone. */
function leastBad(candidates: readonly Candidate[]): readonly Candidate[] {
  const failed = candidates.filter(({ isReady }) => isReady === 'failed');
  const kept = failed.filter(({ inRotation }) => inRotation);
  return kept.length > 0 ? kept : failed;
}

/** Who serves goes on, unless it is about to go anyway: a change of places costs its clients something. */
function fill(able: readonly Candidate[], places: number): ReadonlySet<number> {
  const inOrder = [...able].sort(
    (a, b) =>
      Number(b.listens) - Number(a.listens) ||
      Number(a.isLeaving) - Number(b.isLeaving) ||
      Number(b.inRotation) - Number(a.inRotation) ||
      b.release - a.release ||
      a.slot - b.slot,
  );
  return keysOf(inOrder.slice(0, places));
}

/** Whose clients one gets that comes in, where a client belongs to a slot: its own, or those of the one whose place it takes. */
export function decideSlot(own: number, { places, taken }: { readonly places: number; readonly taken: ReadonlySet<number> }): number {
  if (places === Infinity || (own < places && !taken.has(own))) return own;
  const free = Array.from({ length: places }, (_, slot) => slot).find((slot) => !taken.has(slot));
  return free ?? own;
}

function keysOf(chosen: readonly Candidate[]): ReadonlySet<number> {
  return new Set(chosen.map(({ key }) => key));
}

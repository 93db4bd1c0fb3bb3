// What a release or a spec lacks that was made by a version before this one. What the daemon has on disk is lifted by its patches instead.
import type { AppSpec } from './app-spec.ts';
import type { Release } from './release.ts';
import { USUAL_STOP_SIGNAL } from './stop-signal.ts';

/** Fields of a spec that came after the first version of the protocol, with what held before. */
const ADDED = { stopSignal: USUAL_STOP_SIGNAL, echo: {} } as const;

/** The release with all that a spec says now. For those that come from another process, or its record: that may be of an earlier version. */
export function completeRelease(release: Release): Release {
  return { ...release, spec: completeSpec(release.spec) };
}

/** The same of a spec alone. */
export function completeSpec(spec: AppSpec): AppSpec {
  return { ...ADDED, ...spec };
}

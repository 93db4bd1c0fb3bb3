// Numbered patches that lift an older state file to the present form. It reads and writes no file.

/** The version that this build writes. */
export const STATE_VERSION = 1;

/** Lifts a state by one version. */
export type Patch = (state: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** `PATCHES[n]` lifts version n + 1 to n + 2; there is one fewer than there are versions. */
const PATCHES: readonly Patch[] = [];

export type Lifted =
  | { readonly kind: 'state'; readonly state: Record<string, unknown> }
  | { readonly kind: 'problem'; readonly reason: string };

/** Applies every patch between the version of `value` and the present one. A version from the future is a problem, never a guess. */
export function liftState(value: unknown, patches: readonly Patch[] = PATCHES): Lifted {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { kind: 'problem', reason: 'it is not a JSON object' };
  let state = value as Record<string, unknown>;
  const version = state['version'];
  const newest = patches.length + 1;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { kind: 'problem', reason: `its version ${JSON.stringify(version)} is unknown` };
  if (version > newest)
    return { kind: 'problem', reason: `it was written by a newer Holdfast (version ${version}, this one knows ${newest})` };
  for (const [index, patch] of patches.slice(version - 1).entries()) state = { ...patch(state), version: version + index + 1 };
  return { kind: 'state', state };
}

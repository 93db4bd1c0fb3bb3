// Whether new instances could be proven beside the old ones, as far as can be told before a rollout begins. The host looks for itself when it does.
import type { AppSpec } from '../model/app-spec.ts';
import type { InstanceRow } from '../model/protocol.ts';
import type { Overlap } from '../model/rollout.ts';
import { listeningSocketsOf } from '../platform/listening-sockets.ts';
import { decideOverlap } from '../policy/rollout.ts';

/** By what the instances do that are in these slots now. */
export function overlapOf(mode: AppSpec['mode'], rows: readonly InstanceRow[], slots: readonly number[]): Overlap {
  const serving = mode === 'cluster' ? [] : rows.filter((row) => row.role === 'current' && slots.includes(row.slot));
  const shown = serving.map(({ process, reusesPort }) => ({
    listens: process !== null && listeningSocketsOf(process.pid).length > 0,
    reusesPort,
  }));
  return decideOverlap(mode, shown);
}

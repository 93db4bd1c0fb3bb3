// The part of a row that only a host can tell, as long as none has told it.
import type { InstanceRow } from '../model/protocol.ts';

/** Nothing is known. */
export const BLANK_ROW = {
  generation: 0,
  startedAt: null,
  healthy: false,
  inRotation: null,
  standby: false,
  restarts: 0,
  unstable: 0,
  lastDelayMs: 0,
  tally: [],
  nodeVersion: null,
  release: 0,
  readiness: null,
  liveness: null,
  reusesPort: false,
  outPath: null,
  errorPath: null,
} as const satisfies Partial<InstanceRow>;

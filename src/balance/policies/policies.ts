// Which rule belongs to which word of the config.
import type { BalancePolicy } from '../../model/app-spec.ts';
import type { Choose } from './circle.ts';
import { ipHash } from './ip-hash.ts';
import { leastConnections } from './least-connections.ts';
import { roundRobin } from './round-robin.ts';

/** See `AppSpec.balance`. */
export const POLICIES: Readonly<Record<BalancePolicy, Choose>> = {
  'round-robin': roundRobin,
  'least-connections': leastConnections,
  'ip-hash': ipHash,
  // Only for what came in before, or comes back: the instances take the others themselves.
  kernel: roundRobin,
};

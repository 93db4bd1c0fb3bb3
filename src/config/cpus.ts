// How many processors `instances: max` means: those that this process may use, by affinity and by the limit of its container.
import os from 'node:os';
import { cgroupLimits } from '../platform/cgroup.ts';

/** At least 1. A share of a processor that is not whole does not count: what runs on it would be throttled. */
export function usableCpus(limit: number | null = cgroupLimits().cpus, available: number = os.availableParallelism()): number {
  return Math.max(1, Math.min(available, limit === null ? available : Math.floor(limit)));
}

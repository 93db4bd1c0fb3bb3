// Two samples of the same process tree make a load. Pure.
import type { TreeSample } from './sampler.ts';

/** Percent of one core between two samples, at least 0 (a tree that lost members nobody waited for may seem to have used less); 0 for no time at all. */
export function cpuPercent(before: Pick<TreeSample, 'atMs' | 'cpuMs'>, after: Pick<TreeSample, 'atMs' | 'cpuMs'>): number {
  const elapsedMs = after.atMs - before.atMs;
  return elapsedMs <= 0 ? 0 : Math.max(0, ((after.cpuMs - before.cpuMs) / elapsedMs) * 100);
}

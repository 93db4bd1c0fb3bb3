// Load from two samples.
import { expect, it } from 'vitest';
import { cpuPercent } from './usage.ts';

it.each([
  [{ atMs: 0, cpuMs: 0 }, { atMs: 1000, cpuMs: 250 }, 25],
  [{ atMs: 500, cpuMs: 100 }, { atMs: 1000, cpuMs: 1100 }, 200],
  [{ atMs: 0, cpuMs: 900 }, { atMs: 1000, cpuMs: 100 }, 0],
  [{ atMs: 5, cpuMs: 0 }, { atMs: 5, cpuMs: 100 }, 0],
])('from %j to %j is %d %%', (before, after, percent) => {
  expect(cpuPercent(before, after)).toBe(percent);
});

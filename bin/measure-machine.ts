// Figures of the machine for the command line: two looks, a second apart.
import { machineFigures } from '../src/compat/machine-figures.ts';
import type { MachineFigures } from '../src/compat/machine-figures.ts';
import { pause, systemClock } from '../src/platform/clock.ts';
import { readMachine } from '../src/platform/machine.ts';

const APART_MS = 1000;

/** Resolves after that second. */
export async function measureMachine(): Promise<MachineFigures> {
  const before = readMachine(systemClock);
  await pause(systemClock, APART_MS);
  return machineFigures(before, readMachine(systemClock));
}

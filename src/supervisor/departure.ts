// The end of a child is the end of its tree: waits for descendants that may finish gracefully, ends those that may not.
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import type { Processes } from './world.ts';

/** How often what is left of a child's tree is looked for. */
const POLL_MS: Ms = 50;

/**
 * Calls `gone` when nothing of the child's tree is left.
 * After an exit that was asked for, the rest may take the time the child had (the kill timer goes on and ends it);
 * after a crash it is ended at once, for it may hold the port that the next run needs.
 */
export function awaitDeparture(
  pid: number,
  { wasAsked, processes, clock, gone }: { wasAsked: boolean; processes: Processes; clock: Clock; gone: () => void },
): void {
  if (!processes.isAnythingLeft(pid)) return gone();
  if (!wasAsked) processes.signal(pid, 'SIGKILL', true);
  clock.setTimer(wasAsked ? POLL_MS : 1, () => awaitDeparture(pid, { wasAsked, processes, clock, gone }));
}

// The planned end of a host whose apps go on: comes to rest, writes down how the next one is started, and lets go of everything. Who starts that one is not decided here.
import type { HostLaunch } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import { pause } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import type { Supervisor } from './supervisor.ts';

/** How long it may take until no connection is in this process any more. */
const REST_WITHIN_MS: Ms = 3000;
const LOOK_EVERY_MS: Ms = 5;

export interface HandOverOptions {
  readonly clock: Clock;
  readonly supervisors: readonly Supervisor[];
  /** As `RecordKeeper.handOver`. */
  readonly record: (launch: HostLaunch) => Promise<void>;
  /** Resolves when what was written to the logs is on its disk. */
  readonly logsSettled: () => Promise<void>;
}

/** Resolves to null when this process may end and nothing is lost by it, or to the reason why it goes on as before. */
export async function handOver(launch: HostLaunch, { clock, supervisors, record, logsSettled }: HandOverOptions): Promise<string | null> {
  for (const supervisor of supervisors) supervisor.pause(true);
  const unrest = await untilAtRest(clock, supervisors);
  if (unrest !== null) {
    for (const supervisor of supervisors) supervisor.pause(false);
    return unrest;
  }
  for (const supervisor of supervisors) supervisor.freeze();
  try {
    await record(launch);
  } catch (error) {
    for (const supervisor of supervisors) supervisor.thaw();
    return `its record cannot be written: ${(error as Error).message}`;
  }
  for (const supervisor of supervisors) supervisor.closeLogs();
  await logsSettled();
  return null;
}

/** Null as soon as all are at rest; what keeps one of them from it when the time is over. */
async function untilAtRest(clock: Clock, supervisors: readonly Supervisor[]): Promise<string | null> {
  const endMs = clock.monotonicMs() + REST_WITHIN_MS;
  for (;;) {
    const unrest = supervisors.map((supervisor) => supervisor.unrest()).find((reason) => reason !== null) ?? null;
    if (unrest === null || clock.monotonicMs() >= endMs) return unrest;
    await pause(clock, LOOK_EVERY_MS);
  }
}

// Ends processes that outlived the host which started them, before their places are taken. They are known by pid and start time only.
import type { AppSpec } from '../model/app-spec.ts';
import type { ProcessId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';

const POLL_MS: Ms = 50;

/** What this needs of the operating system. */
export interface OrphanControl {
  readonly clock: Clock;
  readonly isAlive: (process: ProcessId) => boolean;
  readonly signal: (pid: number, signal: NodeJS.Signals) => void;
}

type Ending = Pick<AppSpec, 'stopSignal' | 'killTimeoutMs'>;

/** The stop signal to each, SIGKILL to those left after `killTimeoutMs`; resolves when none of them lives. A pid that another program has by now is never signalled. */
export function stopOrphans(
  orphans: readonly ProcessId[],
  { stopSignal, killTimeoutMs }: Ending,
  { clock, isAlive, signal }: OrphanControl,
): Promise<void> {
  const living = (): readonly ProcessId[] => orphans.filter(isAlive);
  const signalAll = (name: NodeJS.Signals): void => living().forEach(({ pid }) => signal(pid, name));
  const killAtMs = clock.monotonicMs() + killTimeoutMs;
  signalAll(stopSignal);
  return new Promise((resolve) => {
    const look = (): void => {
      if (living().length === 0) return resolve();
      if (clock.monotonicMs() >= killAtMs) signalAll('SIGKILL');
      clock.setTimer(POLL_MS, look);
    };
    look();
  });
}

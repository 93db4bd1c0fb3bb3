// The log of one app as news for the monitor: the last lines, then what comes, over and over while the daemon comes and goes.
import type { LogEntry } from '../../model/view.ts';
import { isHoldfastError } from '../errors.ts';
import { pause } from '../pause.ts';
import type { FeedOptions } from './feed.ts';
import { MAX_LINES } from './step.ts';

const LAST_LINES = 200;
const RETRY_MS = 1000;
/** So long a selection must stand before its log is asked for: who goes down a list does not want all of them. */
const SETTLE_MS = 60;
/** Lines that come within this time are news together. */
const GATHER_MS = 30;

/** Until the signal is aborted. The first log of all is asked for at once. */
export async function followLog(
  options: Pick<FeedOptions, 'client' | 'clock' | 'signal' | 'heard'>,
  { app, isFirst }: { readonly app: string; readonly isFirst: boolean },
): Promise<void> {
  const { client, clock, signal, heard } = options;
  if (!isFirst) await pause(clock, SETTLE_MS, signal);
  while (!signal.aborted) {
    const gather = createGatherer(options, app);
    try {
      const opened = (): void => heard({ kind: 'log-opened', app });
      for await (const entry of client.logs({ targets: [app], lines: LAST_LINES, follow: true, signal, opened }))
        // A count of lines that were left out is of no app.
        if (entry.app === app || entry.app === null) gather(entry);
    } catch (error) {
      // That the daemon or the app is gone is seen in the list.
      if (!isHoldfastError(error)) throw error;
    }
    await pause(clock, RETRY_MS, signal);
  }
}

function createGatherer({ clock, signal, heard }: Omit<FeedOptions, 'client'>, app: string): (entry: LogEntry) => void {
  let gathered: LogEntry[] = [];
  const hand = (): void => {
    const lines = gathered.slice(-MAX_LINES);
    gathered = [];
    if (!signal.aborted) heard({ kind: 'lines', app, lines });
  };
  return (entry) => {
    if (gathered.length === 0) clock.setTimer(GATHER_MS, hand);
    gathered.push(entry);
    if (gathered.length === 2 * MAX_LINES) gathered = gathered.slice(-MAX_LINES);
  };
}

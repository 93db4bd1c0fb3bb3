// The line about the machine below the list. Pure.

/** What costs nothing to know; PM2's shares of the processors and its traffic take a second to measure. */
export interface Machine {
  /** Processes that ran or wanted to, on average over the last minute (getloadavg(3)). */
  readonly load: number;
  readonly processors: number;
  /** Of all memory, 0 to 1: what is not free and could not be made so. */
  readonly memoryUsed: number;
}

/** `host metrics | load: 0.3 of 2 | ram usage: 51.8%`; it begins and is told apart as PM2's. */
export function printMachine({ load, processors, memoryUsed }: Machine): string {
  return `host metrics | load: ${Number(load.toFixed(1))} of ${processors} | ram usage: ${Number((100 * memoryUsed).toFixed(1))}%`;
}

// Lets so many through at a time; who comes then waits, in the order of coming. It knows nothing of what is done behind it.

/** Does something when it is let through. */
export type Gate = <T>(act: () => Promise<T>) => Promise<T>;

/** Makes a gate for `limit` at a time. How many may wait is up to who sends them. */
export function createGate(limit: number): Gate {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (free === 0) await new Promise<void>((resolve) => void waiting.push(resolve));
    else free -= 1;
    try {
      return await act();
    } finally {
      // Its place goes to the next one directly, so that nobody who comes in between gets it.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

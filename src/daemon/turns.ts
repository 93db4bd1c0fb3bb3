// The order of what is done to apps: each app has one line, and what concerns several apps waits in the line of each. It knows no action.

/** One piece of work in the lines of its apps. */
export interface Turn {
  readonly apps: readonly string[];
  readonly work: () => Promise<void>;
}

/** The lines. */
export interface Turns {
  /** Resolves when the work is done; rejects with what it threw. Others in line go on all the same. */
  take(turn: Turn): Promise<void>;
  /** Whether nothing waits or works in this app's line. */
  isIdle(app: string): boolean;
}

/** No lines yet; an app's line is forgotten when it is empty. */
export function createTurns(): Turns {
  /** The end of the last turn in each line. */
  const ends = new Map<string, Promise<unknown>>();

  return {
    take({ apps, work }) {
      const leave = (): void => {
        for (const app of apps) if (ends.get(app) === ended) ends.delete(app);
      };
      // Whoever hears of the end finds the lines without it.
      const done = Promise.all(apps.map((app) => ends.get(app) ?? Promise.resolve()))
        .then(work)
        .finally(leave);
      // Failures are told to those who asked for the work, not to those who wait behind it.
      const ended = done.then(
        () => {},
        () => {},
      );
      for (const app of apps) ends.set(app, ended);
      return done;
    },
    isIdle: (app) => !ends.has(app),
  };
}

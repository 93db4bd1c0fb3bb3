// The order of what is done to apps: each app has one line, and what concerns several apps waits in the line of each. It knows no action.

/** One piece of work in the lines of its apps. */
export interface Turn {
  readonly apps: readonly string[];
  /** `overtakes`: begins when the ones before have given their commands, though they still wait for their outcome. */
  readonly overtakes: boolean;
  /** Gives the commands. */
  readonly command: () => Promise<void>;
  /** Waits for the outcome. */
  readonly settle: () => Promise<void>;
}

/** The lines. */
export interface Turns {
  /** Resolves when the work is settled; rejects with what `command` or `settle` threw. Others in line go on all the same. */
  take(turn: Turn): Promise<void>;
  /** Whether nothing waits or works in this app's line. */
  isIdle(app: string): boolean;
}

interface Line {
  readonly commanded: Promise<unknown>;
  readonly settled: Promise<unknown>;
}

/** No lines yet; an app's line is forgotten when it is empty. */
export function createTurns(): Turns {
  const lines = new Map<string, Line>();

  return {
    take({ apps, overtakes, command, settle }) {
      const before = apps.flatMap((app) => lines.get(app) ?? []);
      const commanded = Promise.all(before.map((line) => (overtakes ? line.commanded : line.settled))).then(command);
      const settled = commanded.then(settle);
      const mine: Line = { commanded: quietly([commanded]), settled: quietly([settled, ...before.map((line) => line.settled)]) };
      for (const app of apps) lines.set(app, mine);
      void mine.settled.then(() => {
        for (const app of apps) if (lines.get(app) === mine) lines.delete(app);
      });
      return settled;
    },
    isIdle: (app) => !lines.has(app),
  };
}

/** Ends when all have ended. Their failures are told to those who asked for the work, not to those who wait behind it. */
function quietly(promises: readonly Promise<unknown>[]): Promise<unknown> {
  return Promise.allSettled(promises);
}

// How a method of the programmatic API is called: with a callback at its end, or without, for a promise.

/** What a method does, whichever way it is called. */
export type Action = (...args: never[]) => Promise<unknown>;

type Callback = (error: Error | null, ...results: unknown[]) => void;

/** The method for an action; `more` is what a callback gets besides. What a callback throws is the program's own uncaught exception, no rejection of ours. */
export function callable<R>(
  action: (...args: never[]) => Promise<R>,
  more: (result: R) => readonly unknown[] = () => [],
): (...args: unknown[]) => unknown {
  return (...args) => {
    const at = args.findLastIndex((arg) => arg !== undefined);
    const callback = args[at];
    const given = args.slice(0, typeof callback === 'function' ? at : at + 1);
    const answer = start(action, given);
    if (typeof callback !== 'function') return answer;
    answer.then(
      (result) => process.nextTick(callback as Callback, null, result, ...more(result)),
      (error: unknown) => process.nextTick(callback as Callback, error),
    );
    return undefined;
  };
}

/** What an action throws before its first await is a rejection too. */
async function start<R>(action: (...args: never[]) => Promise<R>, args: readonly unknown[]): Promise<R> {
  return (action as (...given: unknown[]) => Promise<R>)(...args);
}

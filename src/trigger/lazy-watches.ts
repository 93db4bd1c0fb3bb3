// Watches that cost nothing where no app watches: what they are made of is loaded when the first one does.
import type { Watches, WatchesOptions } from './watches.ts';

/** Nothing is watched before the first review. */
export function createLazyWatches(options: Omit<WatchesOptions, 'watch'>): Watches {
  let loading: Promise<void> | null = null;
  let watches: Watches | null = null;
  let isStopped = true;

  async function load(): Promise<void> {
    try {
      watches = (await import('./real-watches.ts')).createRealWatches(options);
    } catch (error) {
      const trouble = { reason: (error as Error).message, advice: 'holdfast update puts a daemon in place that can' };
      for (const { name } of watching()) options.failed(name, trouble);
      return;
    }
    if (!isStopped) watches.review();
  }

  function watching(): readonly { readonly name: string }[] {
    return options.apps().filter(({ watch, isWanted }) => watch.isOn && isWanted);
  }

  return {
    review() {
      isStopped = false;
      if (watches !== null) watches.review();
      else if (loading === null && watching().length > 0) loading = load();
    },
    troubleOf: (app) => watches?.troubleOf(app) ?? null,
    stop() {
      isStopped = true;
      watches?.stop();
    },
  };
}

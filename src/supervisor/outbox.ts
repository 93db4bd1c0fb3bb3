// Facts on their way to the daemon, in order. That a rollout is done is told when it is on disk: the next host, which knows only what is there, would take it back.
import { isAskedFor } from '../policy/rollout.ts';
import type { Unnumbered } from './link.ts';

export interface OutboxOptions {
  readonly deliver: (fact: Unnumbered) => void;
  /** Resolves when all that is so by now is on disk, or the disk has refused it. */
  readonly written: () => Promise<void>;
}

/** Returns what takes a fact. Most go on at once; those behind one that waits wait too. */
export function createOutbox({ deliver, written }: OutboxOptions): (fact: Unnumbered) => void {
  const held: Unnumbered[] = [];

  async function flush(): Promise<void> {
    while (held.length > 0) {
      const covered = held.length;
      await written();
      for (const fact of held.splice(0, covered)) deliver(fact);
      while (held.length > 0 && !isDone(held[0]!)) deliver(held.shift()!);
    }
  }

  return (fact) => {
    if (held.length === 0 && !isDone(fact)) return deliver(fact);
    // Whoever is the first waits for the disk, also for those that come meanwhile.
    if (held.push(fact) === 1) void flush();
  };
}

/** Whoever has asked for it is told so, and relies on it. */
function isDone({ rollout }: Unnumbered): boolean {
  return rollout !== null && rollout.state.phase === 'done' && isAskedFor(rollout.state.cause);
}

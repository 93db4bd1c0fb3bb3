// Holds the output of all children while standard output or error is full, so that an app waits for its reader instead of losing lines.
import type { Child } from '../platform/child.ts';
import type { Processes } from '../supervisor/world.ts';

export interface Brake {
  /** The same processes, with every child that is launched under this brake. */
  under(processes: Processes): Processes;
  /** `who` is one of those for whose sake they are held. */
  hold(who: object, isOn: boolean): void;
}

/** Creates a brake that is off. */
export function createBrake(): Brake {
  const children = new Set<Child>();
  const holders = new Set<object>();
  return {
    under: (processes) => ({
      ...processes,
      launch(options, on) {
        const child = processes.launch(options, {
          ...on,
          outputEnded() {
            children.delete(child);
            on.outputEnded();
          },
        });
        children.add(child);
        if (holders.size > 0) child.holdOutput(true);
        return child;
      },
    }),
    hold(who, isOn) {
      const wasOn = holders.size > 0;
      if (isOn) holders.add(who);
      else holders.delete(who);
      if (wasOn !== holders.size > 0) for (const child of children) child.holdOutput(isOn);
    },
  };
}

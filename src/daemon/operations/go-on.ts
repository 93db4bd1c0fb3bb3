// Goes on with apps that wait for others, for a daemon that is gone or for a site that died as a whole.
import type { DaemonContext } from '../context.ts';
import type { StoredApp } from '../store.ts';
import type { Plan } from './plan.ts';
import { start } from './start.ts';
import { startInOrder } from './start-order.ts';

/** It has begun already: nothing can be refused. What does not wait any more when its turn comes is left alone. */
export function planGoOn(context: DaemonContext, apps: readonly string[]): Plan {
  return {
    apps,
    hurries: [],
    async run(task) {
      const present = apps.map((name) => context.store.get(name)).filter((app) => app !== null);
      const chosen = present.flatMap((app) => (app.waiting === null ? [] : [{ app: app.spec.name, slots: slotsUp(app) }]));
      await startInOrder({ context, task }, { chosen, act: start, outside: 'asked' });
    },
  };
}

function slotsUp({ slots }: StoredApp): readonly number[] {
  return slots.filter((slot) => slot.goal === 'up').map((slot) => slot.slot);
}

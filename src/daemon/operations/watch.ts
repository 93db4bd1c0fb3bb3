// Switches the watching of whole apps, as an operation: in turn with what else is done to them. No process is touched.
import type { DaemonContext } from '../context.ts';
import { forEachApp, saveState, selectSlots } from './plan.ts';
import type { Plan } from './plan.ts';
import { switchWatch } from './switch-watch.ts';

export interface WatchRequest {
  readonly targets: readonly string[];
  readonly to: 'on' | 'off' | 'toggle';
}

/** Checks the targets. */
export function planWatch(context: DaemonContext, { targets, to }: WatchRequest): Plan {
  const chosen = selectSlots(context, 'watch', targets);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: [],
    run: async (task) => {
      await forEachApp(chosen, { context, task }, ({ spec: { name } }) => Promise.resolve(switchWatch(context, name, to)));
      await saveState(context, task);
    },
  };
}

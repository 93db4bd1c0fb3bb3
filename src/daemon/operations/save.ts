// Writes the list as it is now to dump.json, or an empty one.
import { HoldfastError } from '../../model/errors.ts';
import type { DaemonContext } from '../context.ts';
import { writeDump } from '../dump.ts';
import type { DumpedApp } from '../../model/dumped-app.ts';
import type { StoredApp } from '../store.ts';
import type { Plan } from './plan.ts';

/** Refuses an empty list unless forced: it would destroy what was saved. */
export function planSave(context: DaemonContext, force: boolean): Plan {
  if (context.store.apps().length === 0 && !force) {
    throw new HoldfastError('NOTHING_TO_DO', 'Cannot save the list: it is empty, and what was saved before would be lost.', {
      hint: 'holdfast save --force',
    });
  }
  return {
    apps: [],
    hurries: [],
    run: () =>
      writeDump(
        context.home,
        context.store.apps().map((app) => ({ spec: app.spec, slots: savedSlots(context, app) })),
      ),
  };
}

/** Nothing is brought back any more. */
export function planClearDump(context: DaemonContext): Plan {
  return { apps: [], hurries: [], run: () => writeDump(context.home, []) };
}

/** An errored instance is wanted all the same: it gets its chance after the next boot. */
function savedSlots(context: DaemonContext, app: StoredApp): DumpedApp['slots'] {
  const errored = new Set(
    context.registry
      .rows(app.spec.name)
      .filter((row) => row.phase.kind === 'errored')
      .map((row) => row.slot),
  );
  return app.slots.map(({ slot, goal, waits }) =>
    errored.has(slot) ? { slot, goal: 'up' } : { slot, goal, ...(waits === true ? { waits } : {}) },
  );
}

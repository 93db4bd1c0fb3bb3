// Brings back what was saved: apps that are not in the list by name, each as it was, up or down.
import type { DaemonContext } from '../context.ts';
import { readDump } from '../dump.ts';
import type { DumpedApp } from '../../model/dumped-app.ts';
import { createApp } from '../releases.ts';
import { resolveWhatIsThere } from '../../platform/resolve-paths.ts';
import type { StoredApp } from '../store.ts';
import { supervise } from '../supervise.ts';
import { allSlots, forEachApp, saveState } from './plan.ts';
import type { AppSlots, Plan, Running } from './plan.ts';
import { startInOrder } from './start-order.ts';
import { checkSpecs } from './apply.ts';
import { wish } from './wishes.ts';

/** What was saved, or what is given. Throws when nothing was saved, and for given apps that cannot be. */
export function planResurrect(context: DaemonContext, given: readonly DumpedApp[] | null): Plan {
  const dumped = given ?? readDump(context.home);
  if (given !== null) {
    const specs = given.map(({ spec }) => spec);
    checkSpecs(context, specs);
  }
  return {
    apps: dumped.map((app) => app.spec.name),
    hurries: [],
    run: async (task) => {
      const running = { context, task };
      const placed = dumped.flatMap((app) => place(running, app) ?? []);
      await saveState(context, task);
      const chosen = (apps: readonly StoredApp[]): AppSlots[] => apps.map((app) => ({ app: app.spec.name, slots: allSlots(app) }));
      const up = placed.filter(isWanted);
      await forEachApp(chosen(placed.filter((app) => !isWanted(app))), running, async (app) => void (await bringBack(running, app)));
      await startInOrder(running, { chosen: chosen(up), act: bringBack, outside: 'taken-as-it-is' });
    },
  };
}

function place({ context, task }: Running, { spec, slots }: DumpedApp): StoredApp | null {
  if (context.store.get(spec.name) !== null) {
    task.warn(`${spec.name} is in the list already and was left as it is.`);
    return null;
  }
  const ids = context.store.takeIds(slots.length);
  const app = createApp({
    spec,
    slots: slots.map((slot, index) => ({ ...slot, id: ids[index]! })),
    paths: resolveWhatIsThere(spec),
    now: context.clock.epochMs(),
  });
  context.store.put(app);
  return app;
}

function isWanted({ slots }: StoredApp): boolean {
  return slots.some((slot) => slot.goal === 'up');
}

async function bringBack({ context, task }: Running, app: StoredApp): Promise<boolean> {
  const { bringUp } = await supervise(context, app);
  const isUp = (slot: number): boolean => app.slots.some((one) => one.slot === slot && one.goal === 'up');
  await task.command(
    app.spec.name,
    wish(app, allSlots(app), (slot) => (isUp(slot) ? { kind: 'online', after: null } : { kind: 'stopped' })),
    bringUp,
  );
  return true;
}

// Restarts instances, whatever they are doing, from where their files are now; those that are down are started.
import type { DaemonContext } from '../context.ts';
import { acknowledgeDeploy } from '../acknowledge.ts';
import { nextRelease } from '../releases.ts';
import { resolvePaths } from '../../platform/resolve-paths.ts';
import type { StoredApp } from '../store.ts';
import { supervise } from '../supervise.ts';
import { makeCurrent } from './make-current.ts';
import { saveState, selectSlots } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { startInOrder } from './start-order.ts';
import { switchWatch } from './switch-watch.ts';
import { relaunched, wish } from './wishes.ts';

export interface RestartRequest {
  readonly targets: readonly string[];
  readonly watch?: 'on' | 'toggle' | undefined;
}

/** Checks the targets, and that there is something to launch. */
export function planRestart(context: DaemonContext, { targets, watch }: RestartRequest): Plan {
  const chosen = selectSlots(context, 'restart', targets);
  for (const { app } of chosen) resolvePaths('restart', context.store.get(app)!.spec);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: [],
    run: async (task) => {
      if (watch !== undefined) for (const { app } of chosen) switchWatch(context, app, watch);
      await startInOrder({ context, task }, { chosen, act: restart, outside: 'asked' });
      await task.settled();
      for (const { app } of chosen) if (task.isFine(app)) acknowledgeDeploy(context, app);
    },
  };
}

/** Stops and starts these slots, by a new host where none minds them. Resolves to true when the host has taken it. */
export async function restart(running: Running, app: StoredApp, slots: readonly number[]): Promise<boolean> {
  const { context, task } = running;
  const { name } = app.spec;
  await makeCurrent(running, app, nextRelease(app, app.spec, resolvePaths('restart', app.spec)));
  context.store.setGoals(name, slots, 'up');
  await saveState(context, task);
  const { link, fresh, bringUp } = await supervise(context, context.store.get(name)!);
  const expectations = wish(app, slots, (slot) =>
    fresh ? { kind: 'online', after: null } : relaunched(context.registry.rows(name), slot),
  );
  await task.command(name, expectations, () => (fresh ? bringUp() : link.request({ type: 'restart', app: name, slots })));
  return true;
}

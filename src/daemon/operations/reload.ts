// Replaces instances one by one without a gap, from where their files are now; those that are down are started.
import type { DaemonContext } from '../context.ts';
import { nextRelease } from '../releases.ts';
import { resolvePaths } from '../../platform/resolve-paths.ts';
import type { StoredApp } from '../store.ts';
import { forEachApp, selectSlots } from './plan.ts';
import type { AppSlots, Plan, Running } from './plan.ts';
import { restart } from './restart.ts';
import { rollOut } from './roll-out.ts';
import { wayTo } from './ways.ts';
import type { RolloutManner, Way } from './ways.ts';

/** Which instances, and how. */
export interface ReloadRequest extends RolloutManner {
  readonly targets: readonly string[];
}

/** Checks the targets, and that there is something to launch. */
export function planReload(context: DaemonContext, request: ReloadRequest): Plan {
  const chosen = chooseReload(context, request);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: [],
    run: (task) => forEachApp(chosen, { context, task }, (app, slots) => reload({ context, task }, app, { slots, manner: request })),
  };
}

/** The slots it means. Throws when one of them could not be launched. */
export function chooseReload(context: DaemonContext, { targets }: ReloadRequest): readonly AppSlots[] {
  const chosen = selectSlots(context, 'reload', targets);
  for (const { app } of chosen) resolvePaths('reload', context.store.get(app)!.spec);
  return chosen;
}

/** How these slots of an app are reloaded. */
export function wayToReload(
  context: DaemonContext,
  app: StoredApp,
  { slots, manner }: { readonly slots: readonly number[]; readonly manner: RolloutManner },
): Way {
  const release = nextRelease(app, app.spec, resolvePaths('reload', app.spec));
  return wayTo(context, app, { cause: 'reload', release, replace: slots, count: app.slots.length, manner });
}

async function reload(
  running: Running,
  app: StoredApp,
  chosen: { readonly slots: readonly number[]; readonly manner: RolloutManner },
): Promise<void> {
  const way = wayToReload(running.context, app, chosen);
  if (way.kind === 'rollout') return rollOut(running, way.draft);
  warnOfRestart(running, app.spec.name, way.why);
  await restart(running, app, chosen.slots);
}

/** What was to cost no request may cost some. */
export function warnOfRestart({ task }: Running, name: string, why: string | null): void {
  if (why !== null) task.warn(restartedText(name, why));
}

/** For what cannot be rolled out. */
export function restartedText(name: string, why: string): string {
  return `${name} is restarted, not reloaded: ${why}.`;
}

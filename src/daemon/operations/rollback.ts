// Returns an app to an earlier release: the latest one that was healthy, or the one that is asked for. Where that is done, later ones are forgotten.
import { HoldfastError } from '../../model/errors.ts';
import type { DaemonContext } from '../context.ts';
import { pastRelease, withRelease } from '../releases.ts';
import type { PastRelease } from '../releases.ts';
import { missingPath } from '../../platform/resolve-paths.ts';
import type { StoredApp } from '../store.ts';
import { allSlots, findApp, forEachApp, saveState } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { warnOfRestart } from './reload.ts';
import { rollOut } from './roll-out.ts';
import { settleIn } from './settle-in.ts';
import { wayTo } from './ways.ts';
import type { RolloutManner, Way } from './ways.ts';

/** `to`: the number of a release. */
export interface RollbackRequest extends RolloutManner {
  readonly app: string;
  readonly to?: number | undefined;
}

/** Checks that there is something to return to. */
export function planRollback(context: DaemonContext, request: RollbackRequest): Plan {
  const app = findApp(context, 'roll back', request.app);
  wayToRollBack(context, app, request);
  return {
    apps: [request.app],
    hurries: [],
    run: (task) =>
      forEachApp([{ app: request.app, slots: allSlots(app) }], { context, task }, (present) =>
        rollBack({ context, task }, present, request),
      ),
  };
}

/** How it is done. Throws where there is no such release, or nothing is left of it. */
export function wayToRollBack(context: DaemonContext, app: StoredApp, request: RollbackRequest): Way {
  const release = pastRelease(app, choose(app, request.to));
  return wayTo(context, app, { cause: 'rollback', release, replace: allSlots(app), count: app.slots.length, manner: request });
}

async function rollBack(running: Running, app: StoredApp, request: RollbackRequest): Promise<void> {
  const { context, task } = running;
  const way = wayToRollBack(context, app, request);
  if (way.kind === 'rollout') return rollOut(running, way.draft);
  warnOfRestart(running, app.spec.name, way.why);
  const up = { ...app, slots: app.slots.map((slot) => ({ ...slot, goal: 'up' as const })) };
  const next = withRelease(up, pastRelease(app, choose(app, request.to)), { now: context.clock.epochMs(), healthy: false });
  context.store.put(next);
  await saveState(context, task);
  await settleIn(running, { app: next, before: app });
}

function choose(app: StoredApp, to: number | undefined): PastRelease {
  const { name } = app.spec;
  const chosen = to === undefined ? app.earlier.findLast((past) => past.healthy) : app.earlier.find((past) => past.number === to);
  if (chosen === undefined) throw to === undefined ? nothingHealthy(app) : unknownRelease(app, to);
  const missing = missingPath(chosen);
  if (missing === null) return chosen;
  const others = app.earlier.filter((past) => past !== chosen && missingPath(past) === null);
  const hint = others.length === 0 ? `holdfast describe ${name}` : `holdfast rollback ${name} --to ${others.at(-1)!.number}`;
  throw new HoldfastError('CONFIG_NOT_FOUND', `Cannot roll back ${name} to release ${chosen.number}: ${missing} is gone.`, { hint });
}

function nothingHealthy({ spec: { name }, earlier }: StoredApp): HoldfastError {
  const last = earlier.at(-1);
  if (last === undefined)
    return new HoldfastError('NOTHING_TO_DO', `Cannot roll back ${name}: there is no earlier release.`, {
      hint: `holdfast describe ${name}`,
    });
  return new HoldfastError('NOTHING_TO_DO', `Cannot roll back ${name}: no earlier release was healthy.`, {
    hint: `holdfast rollback ${name} --to ${last.number}`,
  });
}

function unknownRelease({ spec: { name }, release, earlier }: StoredApp, to: number): HoldfastError {
  const hint = `holdfast describe ${name}`;
  if (to === release.number)
    return new HoldfastError('NOTHING_TO_DO', `Cannot roll back ${name} to release ${to}: that is the current one.`, { hint });
  const known = earlier.length === 0 ? 'there is no earlier one' : `known are ${earlier.map((past) => past.number).join(', ')}`;
  return new HoldfastError('TARGET_NOT_FOUND', `Cannot roll back ${name} to release ${to}: ${known}.`, { hint });
}

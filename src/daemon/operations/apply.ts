// Brings apps into the list as their specs say: creates those that are not there, restarts or rolls out those that are.
import type { AppSpec } from '../../model/app-spec.ts';
import { HoldfastError } from '../../model/errors.ts';
import { hostFiles, MAX_SOCKET_PATH_BYTES } from '../../model/home.ts';
import { scheduleProblem } from '../../platform/cron-pattern.ts';
import { findCycles } from '../../policy/dependency-graph.ts';
import type { DaemonContext } from '../context.ts';
import { createApp, isCurrent, nextRelease, withRelease } from '../releases.ts';
import { resolvePaths } from '../../platform/resolve-paths.ts';
import type { ResolvedPaths } from '../../platform/resolve-paths.ts';
import { allSlots, forEachApp, saveState } from './plan.ts';
import type { AppSlots, Plan, Running } from './plan.ts';
import { warnOfRestart } from './reload.ts';
import { rollOut } from './roll-out.ts';
import { settleIn } from './settle-in.ts';
import type { Change } from './settle-in.ts';
import type { StoredApp } from '../store.ts';
import { startInOrder } from './start-order.ts';
import { freeSlots, keptSlots, wayTo } from './ways.ts';
import type { Draft, RolloutManner, Way } from './ways.ts';

/** `existing`: what to do about an app of that name. */
export interface ApplyRequest extends RolloutManner {
  readonly specs: readonly AppSpec[];
  readonly existing: 'restart' | 'refuse' | 'reload';
}

/** A spec with the paths that it had when it was asked for. */
export interface Resolved {
  readonly spec: AppSpec;
  readonly paths: ResolvedPaths;
}

/** Checks names, hosts and files. */
export function checkApply(context: DaemonContext, { specs, existing }: ApplyRequest): readonly Resolved[] {
  for (const { name } of specs) if (existing === 'refuse' && context.store.get(name) !== null) throw taken(name);
  checkSpecs(context, specs);
  return specs.map((spec) => ({ spec, paths: resolvePaths('start', spec) }));
}

/** What the schema cannot see: names, hosts, schedules, and who waits for whom. */
export function checkSpecs(context: DaemonContext, specs: readonly AppSpec[]): void {
  const names = specs.map((spec) => spec.name);
  for (const [index, spec] of specs.entries()) {
    if (names.indexOf(spec.name) !== index)
      throw new HoldfastError('CONFIG_INVALID', `Cannot start ${spec.name}: two apps of the request have that name.`);
    checkHost(context, spec);
    checkSchedule(spec);
  }
  checkCircles(context, specs);
}

/** How an app that is there gets its new spec; null where it is not there. */
export function wayToApply(context: DaemonContext, { spec, paths }: Resolved, manner: RolloutManner): Way | null {
  const app = context.store.get(spec.name);
  if (app === null) return null;
  const release = nextRelease(app, spec, paths);
  const isNew = !isCurrent(app, release) || spec.instances !== app.slots.length;
  return wayTo(context, app, { cause: isNew ? 'config' : 'reload', release, replace: allSlots(app), count: spec.instances, manner });
}

/** Refuses before anything is changed. */
export function planApply(context: DaemonContext, request: ApplyRequest): Plan {
  const resolved = checkApply(context, request);
  return {
    apps: request.specs.map((spec) => spec.name),
    hurries: [],
    run: async (task) => {
      const running = { context, task };
      // One after the other, so that ids follow the order of the request.
      const steps = new Map(resolved.map((one) => [one.spec.name, stepFor(running, one, request)]));
      await saveState(context, task);
      const chosen = (isChosen: (step: Step) => boolean): AppSlots[] =>
        [...steps].flatMap(([app, step]) => (step !== null && isChosen(step) ? [{ app, slots: allSlots(appOf(step)) }] : []));
      const act = (_: Running, app: StoredApp): Promise<boolean> => takeStep(running, steps.get(app.spec.name)!);
      await forEachApp(chosen(isRegistered), running, async (app) => void (await act(running, app)));
      await startInOrder(running, { chosen: chosen((step) => !isRegistered(step)), act, outside: 'asked' });
    },
  };
}

type Step = { readonly kind: 'rollout'; readonly draft: Draft } | { readonly kind: 'change'; readonly change: Change };

function appOf(step: Step): StoredApp {
  return step.kind === 'rollout' ? step.draft.app : step.change.app;
}

/** It is new, and not to be started. */
function isRegistered(step: Step): boolean {
  return step.kind === 'change' && step.change.app.slots.every((slot) => slot.goal === 'down');
}

/** Resolves to whether others may rely on it: after a rollout that failed the old version goes on, and nothing more of the deploy is begun. */
async function takeStep(running: Running, step: Step): Promise<boolean> {
  if (step.kind === 'change') await settleIn(running, step.change);
  else await rollOut(running, step.draft);
  return step.kind === 'change' || running.task.isFine(step.draft.app.spec.name);
}

/** What is done about one app; where it is no rollout the list is changed already. */
function stepFor(running: Running, one: Resolved, request: ApplyRequest): Step | null {
  const way = request.existing === 'reload' ? wayToApply(running.context, one, request) : null;
  if (way?.kind === 'rollout') return way;
  if (way !== null) warnOfRestart(running, one.spec.name, way.why);
  const change = place(running, one, request.existing);
  return change === null ? null : { kind: 'change', change };
}

function place({ context, task }: Running, { spec, paths }: Resolved, existing: ApplyRequest['existing']): Change | null {
  const before = context.store.get(spec.name);
  if (before !== null && existing === 'refuse') {
    // It came into being while this waited for its turn.
    task.fail(taken(spec.name).message);
    return null;
  }
  const now = context.clock.epochMs();
  const known = before ?? createApp({ spec, slots: [], paths, now });
  const kept = keptSlots(known, spec.instances);
  const added = freeSlots(known, spec.instances);
  const ids = context.store.takeIds(added.length);
  const wanted = spec.autostart ? ({ goal: 'up' } as const) : ({ goal: 'down', waits: true } as const);
  const slots = [
    ...known.slots.filter((slot) => kept.includes(slot.slot)).map((slot) => ({ ...slot, goal: 'up' as const })),
    ...added.map((slot, index) => ({ slot, id: ids[index]!, ...wanted })),
  ];
  const app = withRelease({ ...known, slots }, nextRelease(known, spec, paths), { now, healthy: false });
  context.store.put(app);
  return { app, before };
}

/** With those that are in the list: apps of several files, or of several versions of one, can make a circle too. */
function checkCircles(context: DaemonContext, specs: readonly AppSpec[]): void {
  const all = [...context.store.apps().map(({ spec }) => spec), ...specs];
  const [circle] = findCycles(new Map(all.map((spec) => [spec.name, spec.dependsOn.map(({ app }) => app)])));
  if (circle === undefined) return;
  throw new HoldfastError('CONFIG_INVALID', `Cannot start ${circle[0]}: depends_on goes round in a circle: ${circle.join(' -> ')}.`, {
    hint: `holdfast describe ${circle[0]}`,
  });
}

/** The name of a host is part of the path of its socket, which is bounded (unix(7)). */
function checkHost(context: DaemonContext, spec: AppSpec): void {
  const bytes = Buffer.byteLength(hostFiles(context.home, spec.host).socket);
  if (bytes <= MAX_SOCKET_PATH_BYTES) return;
  throw new HoldfastError(
    'CONFIG_INVALID',
    `Cannot start ${spec.name}: the socket path of its host ${spec.host} would have ${bytes} bytes, the most is ${MAX_SOCKET_PATH_BYTES}.`,
    {
      hint: 'give the app a shorter name, or a short one in its attribute "host"',
    },
  );
}

function checkSchedule({ name, schedule }: AppSpec): void {
  const problem = schedule === null ? null : scheduleProblem(schedule);
  if (schedule === null || problem === null) return;
  const value = problem.what === 'pattern' ? `cron_restart is ${schedule.pattern}` : `cron_timezone is ${schedule.timeZone}`;
  throw new HoldfastError('CONFIG_INVALID', `Cannot start ${name}: ${value}, ${problem.why}.`);
}

function taken(name: string): HoldfastError {
  return new HoldfastError('NAME_TAKEN', `Cannot start ${name}: an app of that name is in the list already.`, {
    hint: `holdfast restart ${name}`,
  });
}

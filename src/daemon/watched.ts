// What watched files have to do with the rest: which apps watch, and what is begun when files have changed. policy/watch.ts decides.
import type { OperationRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import { hasChild } from '../policy/lifecycle.ts';
import { decideChange } from '../policy/watch.ts';
import type { WatchedSlot } from '../policy/watch.ts';
import { createCircles, latestLaunch } from '../trigger/circles.ts';
import type { Circle } from '../trigger/circles.ts';
import type { Change, WatchedApp, WatchTrouble } from '../trigger/watches.ts';
import type { DaemonContext } from './context.ts';
import { targetsOf } from './operations/plan.ts';
import type { StoredApp } from './store.ts';

/** As the watches see the list. */
export function watchedApps({ store, home }: Pick<DaemonContext, 'store' | 'home'>): readonly WatchedApp[] {
  return store.apps().map((app) => {
    const { spec, release } = app;
    const written = [spec.outFile, spec.errorFile, spec.combinedFile, spec.pidFile].filter((file) => file !== null);
    return { name: spec.name, watch: spec.watch, isWanted: isWatching(app), folder: release.cwd, home: home.root, written };
  });
}

/** Whether a change of its files is waited for. */
export function isWatching({ spec, slots, watchPause }: StoredApp): boolean {
  return spec.watch.isOn && watchPause === null && slots.some(({ goal, waits }) => goal === 'up' || waits === true);
}

export interface WatchedOptions {
  readonly context: DaemonContext;
  /** Whether nothing else is being done to the app. */
  readonly isIdle: (app: string) => boolean;
  readonly begin: (request: OperationRequest) => void;
}

/** What the watches tell. */
export interface Watched {
  /** False: something else is being done to it, so that it is to be told again. */
  changed(app: string, change: Change): boolean;
  missing(app: string, path: string): void;
  failed(app: string, trouble: WatchTrouble): void;
}

/** Remembers the latest changes of each app, for circles. */
export function createWatched({ context, isIdle, begin }: WatchedOptions): Watched {
  const { store, events, clock } = context;
  const circles = createCircles();

  function act(app: StoredApp, action: 'restart' | 'reload', { change, meant }: { change: Change; meant: readonly number[] }): void {
    const { files, count } = change;
    const subject = { app: app.spec.name, slot: null };
    events.publish({ kind: 'watch-changed', files, count, action }, subject);
    try {
      begin({ action, targets: targetsOf(app, meant) });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      events.publish({ kind: 'watch-refused', files, count, reason: error.message }, subject);
    }
  }

  function pause(name: string, circle: Circle): void {
    events.publish({ kind: 'watch-loop', ...circle }, { app: name, slot: null });
    store.pauseWatch(name, { ...circle, at: clock.epochMs() });
  }

  return {
    changed(name, change) {
      const app = store.get(name);
      if (app === null || !isWatching(app)) return true;
      const slots = slotsOf(context, app);
      const decision = decideChange({ mode: app.spec.mode, isBusy: !isIdle(name), changedAt: change.lastAt, slots });
      if (decision.kind !== 'act') return decision.kind === 'leave';
      const circle = circles.seenIn(name, change, latestLaunch(slots));
      if (circle === null) act(app, decision.action, { change, meant: decision.slots });
      else pause(name, circle);
      return true;
    },
    missing: (app, path) => events.publish({ kind: 'watch-missing', path }, { app, slot: null }),
    failed: (app, trouble) => events.publish({ kind: 'watch-failed', ...trouble }, { app, slot: null }),
  };
}

function slotsOf({ registry }: DaemonContext, { spec, slots }: StoredApp): readonly WatchedSlot[] {
  const rows = registry.rows(spec.name).filter(({ role }) => role === 'current');
  return slots.map(({ slot, goal, waits }) => {
    const row = rows.find((one) => one.slot === slot);
    const isRunning = row !== undefined && (hasChild(row.phase) || row.phase.kind === 'backoff');
    return { slot, goal, waits: waits === true, isRunning, startedAt: row?.startedAt ?? null };
  });
}

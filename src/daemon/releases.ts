// The releases of an app as the list remembers them: the current one, and a few before it to return to. Pure; paths are resolved in platform/resolve-paths.ts.
import { isDeepStrictEqual } from 'node:util';
import type { AppSpec } from '../model/app-spec.ts';
import type { Release } from '../model/release.ts';
import type { DesiredSlot } from '../policy/reconcile.ts';
import type { ResolvedPaths } from '../platform/resolve-paths.ts';
import type { StoredApp } from './store.ts';

/** How many releases of an app are remembered, the current one among them. */
export const MAX_RELEASES = 5;

/** What is remembered of a release besides its spec. */
export interface ReleaseRecord extends ResolvedPaths {
  readonly number: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** A rollout to it was done, or an instance of it has reached `min_uptime`. */
  readonly healthy: boolean;
}

/** A release before the current one. */
export interface PastRelease extends ReleaseRecord {
  readonly spec: AppSpec;
}

/** A new app with its first release. */
export function createApp(from: {
  readonly spec: AppSpec;
  readonly slots: readonly DesiredSlot[];
  readonly paths: ResolvedPaths;
  readonly now: number;
}): StoredApp {
  const { spec, slots, paths, now } = from;
  const release = { number: 1, createdAt: now, healthy: false, ...paths };
  return { spec, slots, waiting: null, orphans: [], release, earlier: [], lastRelease: 1, rolloutAt: null, watchPause: null };
}

/** The current release as a host is told of it. */
export function currentRelease({ spec, release }: StoredApp): Release {
  return { number: release.number, spec, cwd: release.cwd, script: release.script };
}

/** Spec and paths as a release: the current one where only the number of instances, what is watched or what is only repeated differs, else one with the next number. */
export function nextRelease(app: StoredApp, spec: AppSpec, paths: ResolvedPaths): Release {
  const isSame = isSameContent(currentRelease(app), { spec, ...paths });
  return { number: isSame ? app.release.number : app.lastRelease + 1, spec, ...paths };
}

/** Whether it is the current one, however many instances it says, and whatever is watched or repeated. */
export function isCurrent(app: StoredApp, release: Release): boolean {
  return release.number === app.release.number && isSameContent(currentRelease(app), release);
}

/** No process is another one for what is watched, which is the daemon's business alone, or for what is only repeated. */
function isSameContent(a: Omit<Release, 'number'>, b: Omit<Release, 'number'>): boolean {
  const launched = ({ spec }: Omit<Release, 'number'>): object => ({ ...spec, instances: 0, watch: null, echo: null });
  return a.cwd === b.cwd && a.script === b.script && isDeepStrictEqual(launched(a), launched(b));
}

/** The app with this release as its current one. What came after it (it is an earlier one) is forgotten, as is the oldest beyond the limit. */
export function withRelease(
  app: StoredApp,
  release: Release,
  { now, healthy }: { readonly now: number; readonly healthy: boolean },
): StoredApp {
  const { number, cwd, script } = release;
  const spec = { ...release.spec, instances: app.slots.length };
  if (isCurrent(app, release)) return { ...app, spec, release: { ...app.release, healthy: app.release.healthy || healthy } };
  const known = app.earlier.find((past) => past.number === number);
  const past: readonly PastRelease[] = [...app.earlier, { ...app.release, spec: app.spec }];
  return {
    ...app,
    spec,
    release: { number, cwd, script, createdAt: known?.createdAt ?? now, healthy: healthy || known?.healthy === true },
    earlier: past.filter((one) => one.number < number).slice(1 - MAX_RELEASES),
    lastRelease: Math.max(app.lastRelease, number),
  };
}

/** The app with this release known as healthy; the same object where that is nothing new. */
export function withHealthy(app: StoredApp, number: number): StoredApp {
  if (app.release.number === number) return app.release.healthy ? app : { ...app, release: { ...app.release, healthy: true } };
  if (!app.earlier.some((past) => past.number === number && !past.healthy)) return app;
  return { ...app, earlier: app.earlier.map((past) => (past.number === number ? { ...past, healthy: true } : past)) };
}

/** An earlier release as a host is told of it, with the present number of instances. */
export function pastRelease(app: StoredApp, { number, spec, cwd, script }: PastRelease): Release {
  return { number, spec: { ...spec, instances: app.slots.length }, cwd, script };
}

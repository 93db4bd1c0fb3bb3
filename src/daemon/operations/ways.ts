// How an app gets from what it is to a release and a set of slots: by a rollout, or, where that cannot be, by a restart. It carries nothing out.
import type { Release } from '../../model/release.ts';
import type { RolloutCause } from '../../model/rollout.ts';
import { isSupervised } from '../context.ts';
import type { DaemonContext } from '../context.ts';
import { isRunning } from '../dependency-state.ts';
import type { StoredApp } from '../store.ts';
import { allSlots } from './plan.ts';
import { hasOrphans } from './wishes.ts';

/** How a rollout goes about it; what is not said is the app's own setting. */
export interface RolloutManner {
  readonly parallel?: number | undefined;
  readonly surge?: 'one' | 'all' | undefined;
}

/** A rollout that is not begun yet. Slots are by number: ids are handed out when it begins. */
export interface Draft {
  readonly app: StoredApp;
  readonly cause: RolloutCause;
  readonly release: Release;
  /** Slots that get a new instance; those that are down are started. */
  readonly replace: readonly number[];
  readonly add: readonly number[];
  readonly remove: readonly number[];
  readonly parallel: number;
  readonly surge: 'one' | 'all';
}

export type Way =
  | { readonly kind: 'rollout'; readonly draft: Draft }
  /** `why` follows on "it is restarted, not reloaded: "; null where nothing of it runs. */
  | { readonly kind: 'restart'; readonly why: string | null };

/** What is wanted of an app. */
interface Wanted {
  readonly cause: RolloutCause;
  readonly release: Release;
  readonly replace: readonly number[];
  /** So many instances in all. */
  readonly count: number;
  readonly manner: RolloutManner;
}

/** Decides between the two. */
export function wayTo(context: DaemonContext, app: StoredApp, wanted: Wanted): Way {
  if (!isSupervised(context, app) && !hasOrphans(context, app)) return { kind: 'restart', why: null };
  // Nothing of it serves, and its end is what it is for: there is nothing to hand over, and nobody to be kept for.
  if (!wanted.release.spec.autorestart && !isRunning(context, app)) return { kind: 'restart', why: null };
  const why = whyNotRolledOut(context, app, wanted.release);
  if (why !== null) return { kind: 'restart', why };
  const { cause, release, manner } = wanted;
  const kept = keptSlots(app, wanted.count);
  const draft = {
    app,
    cause,
    release,
    replace: wanted.replace.filter((slot) => kept.includes(slot)),
    add: freeSlots(app, wanted.count),
    remove: allSlots(app).filter((slot) => !kept.includes(slot)),
  };
  return { kind: 'rollout', draft: { ...draft, parallel: manner.parallel ?? 1, surge: manner.surge ?? release.spec.surge } };
}

function whyNotRolledOut(context: DaemonContext, app: StoredApp, { spec }: Release): string | null {
  if (hasOrphans(context, app)) return 'its host died, and a new one takes its place';
  // With the mode the host mostly changes as well, and nobody has asked for that.
  if (spec.mode !== app.spec.mode) return `its mode changes from ${app.spec.mode} to ${spec.mode}`;
  if (spec.host !== app.spec.host) return `its host changes from ${app.spec.host} to ${spec.host}`;
  return null;
}

/** The lowest slots stay. */
export function keptSlots(app: StoredApp, count: number): readonly number[] {
  return [...allSlots(app)].sort((a, b) => a - b).slice(0, count);
}

/** The lowest free slots that an app needs to have so many. */
export function freeSlots(app: StoredApp, count: number): readonly number[] {
  const taken = new Set(allSlots(app));
  const free = Array.from({ length: count + taken.size }, (_, slot) => slot).filter((slot) => !taken.has(slot));
  return free.slice(0, Math.max(0, count - app.slots.length));
}

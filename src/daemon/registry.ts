// Last known truth about instances and rollouts, fed by the hosts' snapshots and facts. It is replaced, never patched; nothing is decided here.
import { completeRelease } from '../model/earlier-release.ts';
import type { AppSnapshot, Fact, InstanceRow } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { RolloutState } from '../model/rollout.ts';
import { isAskedFor } from '../policy/rollout.ts';

/** What a fact may change. */
export type Reported = Pick<Fact, 'row' | 'removed'> & Partial<Pick<Fact, 'rollout'>>;

/** Rows by app and key; rollout and release by app. */
export interface Registry {
  /** The names of all apps of which something is known. */
  apps(): readonly string[];
  /** By slot; what serves the slot stands first. */
  rows(app: string): readonly InstanceRow[];
  /** What the host of the app takes for its current release; null where nothing is known. */
  release(app: string): Release | null;
  /** The rollout that runs, or the latest one. */
  rollout(app: string): RolloutState | null;
  /** The same, of those that somebody asked for. */
  deploy(app: string): RolloutState | null;
  /** Replaces all that is known of an app. */
  setApp(app: string, snapshot: AppSnapshot): void;
  /** The host was told of a release. */
  setRelease(app: string, release: Release): void;
  /** Takes in the row, the removal or the rollout that a fact carries. */
  apply(fact: Reported): void;
  forget(app: string): void;
}

interface Known {
  readonly rows: Map<number, InstanceRow>;
  release: Release | null;
  rollout: RolloutState | null;
  deploy: RolloutState | null;
}

const ROLE_ORDER = { current: 0, successor: 1, leaving: 2 } as const;

/** An empty registry. */
export function createRegistry(): Registry {
  const known = new Map<string, Known>();

  function of(app: string): Known {
    const found = known.get(app) ?? { rows: new Map<number, InstanceRow>(), release: null, rollout: null, deploy: null };
    known.set(app, found);
    return found;
  }

  function takeRollout({ app, state, release }: NonNullable<Fact['rollout']>): void {
    const found = known.get(app);
    // The last word of an app that is gone.
    if (found === undefined) return;
    found.rollout = state;
    if (isAskedFor(state.cause)) found.deploy = state;
    if (release !== null) found.release = completeRelease(release);
  }

  return {
    apps: () => [...known.keys()],
    rows: (app) =>
      [...(known.get(app)?.rows.values() ?? [])].sort(
        (a, b) => a.slot - b.slot || ROLE_ORDER[a.role] - ROLE_ORDER[b.role] || a.key - b.key,
      ),
    release: (app) => known.get(app)?.release ?? null,
    rollout: (app) => known.get(app)?.rollout ?? null,
    deploy: (app) => known.get(app)?.deploy ?? null,
    setApp(app, { rows, release, rollout }) {
      const deploy = rollout !== null && isAskedFor(rollout.cause) ? rollout : (known.get(app)?.deploy ?? null);
      known.set(app, { rows: new Map(rows.map((row) => [row.key, row])), release: completeRelease(release), rollout, deploy });
    },
    setRelease: (app, release) => void (of(app).release = release),
    apply({ row, removed, rollout }) {
      if (row !== null) of(row.app).rows.set(row.key, row);
      if (removed !== null) {
        known.get(removed.app)?.rows.delete(removed.key);
        if (known.get(removed.app)?.rows.size === 0) known.delete(removed.app);
      }
      if (rollout !== undefined && rollout !== null) takeRollout(rollout);
    },
    forget: (app) => void known.delete(app),
  };
}

// What changed files do in the foreground: policy/watch.ts decides what is begun.
import { hasChild } from '../policy/lifecycle.ts';
import { decideChange } from '../policy/watch.ts';
import type { WatchedSlot } from '../policy/watch.ts';
import type { Clock } from '../platform/clock.ts';
import { createCircles, latestLaunch } from '../trigger/circles.ts';
import { createRealWatches } from '../trigger/real-watches.ts';
import type { Change, WatchedApp, Watches } from '../trigger/watches.ts';
import type { App, Apps } from './apps.ts';

/** Nothing is watched before the first review. What restarts itself in a circle is watched no more. */
export function watchApps(apps: Pick<Apps, 'all' | 'act' | 'tell'>, clock: Clock): Pick<Watches, 'review'> {
  const circles = createCircles();
  const circling = new Set<string>();

  function watched({ spec, cwd }: App): WatchedApp {
    const written = [spec.outFile, spec.errorFile, spec.combinedFile, spec.pidFile].filter((file) => file !== null);
    // Nobody stops a single app here, and there is no home that anything is kept in.
    return { name: spec.name, watch: spec.watch, isWanted: !circling.has(spec.name), folder: cwd, home: null, written };
  }

  function changed(name: string, change: Change): boolean {
    const app = apps.all().find(({ spec }) => spec.name === name);
    if (app === undefined) return true;
    const slots = slotsOf(app);
    const decision = decideChange({ mode: app.spec.mode, isBusy: app.isRollingOut, changedAt: change.lastAt, slots });
    if (decision.kind !== 'act') return decision.kind === 'leave';
    const circle = circles.seenIn(name, change, latestLaunch(slots));
    if (circle === null) {
      apps.tell(name, { kind: 'watch-changed', files: change.files, count: change.count, action: decision.action });
      apps.act(app, decision.action, decision.slots);
    } else {
      apps.tell(name, { kind: 'watch-loop', ...circle });
      circling.add(name);
      watches.review();
    }
    return true;
  }

  const watches = createRealWatches({
    clock,
    apps: () => apps.all().map(watched),
    changed,
    missing: (name, path) => apps.tell(name, { kind: 'watch-missing', path }),
    failed: (name, trouble) => apps.tell(name, { kind: 'watch-failed', ...trouble }),
  });
  return watches;
}

function slotsOf({ slots, rows }: App): readonly WatchedSlot[] {
  return slots.map(({ slot }) => {
    const row = rows.find((one) => one.slot === slot);
    const isRunning = row !== undefined && (hasChild(row.phase) || row.phase.kind === 'backoff');
    return { slot, goal: 'up', waits: false, isRunning, startedAt: row?.startedAt ?? null };
  });
}

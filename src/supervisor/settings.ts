// What the lifecycle machine is told of an instance for one event: by the release of its run, or by that of the launch that may follow.
import type { Release } from '../model/release.ts';
import { hasChild } from '../policy/lifecycle.ts';
import type { Event, Settings } from '../policy/lifecycle.ts';
import { NO_SIGNS, awaitedOf, listenTimeout } from '../policy/readiness.ts';
import type { Live } from './live.ts';
import { presentRelease, upcomingRelease } from './releases.ts';

/** A child ends by the rules of its release; after its end those of the next hold. */
export function settingsFor(live: Live, event: Event, { release: current, isCovered }: { release: Release; isCovered: boolean }): Settings {
  const isLaunchDue = event.type === 'exited' || !hasChild(live.machine.phase);
  const { spec } = isLaunchDue ? upcomingRelease(live, current) : presentRelease(live, current);
  const { trial } = live;
  return {
    ...spec,
    isCovered,
    listenTimeoutMs: listenTimeout({ ...spec, trial }),
    onListenTimeout: trial === null ? 'accept' : spec.onListenTimeout,
    waitsFor: awaitedOf({ ...spec, trial }, isLaunchDue ? NO_SIGNS : live.signs) ?? 'listen',
    drains: spec.mode === 'cluster' || (live.run?.listens ?? null) !== null,
  };
}

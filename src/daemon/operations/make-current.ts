// Makes a release the current one of an app, in the list and in its host, without launching anything.
import type { Release } from '../../model/release.ts';
import { isSupervised } from '../context.ts';
import { isCurrent, withRelease } from '../releases.ts';
import type { StoredApp } from '../store.ts';
import { applyTo } from '../supervise.ts';
import { saveState } from './plan.ts';
import type { Running } from './plan.ts';

/** What is launched by a command from now on is of this release. A host that is still to be started is told when it is. */
export async function makeCurrent({ context, task }: Running, app: StoredApp, release: Release): Promise<void> {
  if (isCurrent(app, release)) return;
  const changed = withRelease(app, release, { now: context.clock.epochMs(), healthy: false });
  context.store.put(changed);
  await saveState(context, task);
  const link = isSupervised(context, app) ? context.hosts.get(app.spec.host) : null;
  if (link !== null) await applyTo(context, link, changed, false);
}

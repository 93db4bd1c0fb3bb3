// When a failed deploy needs no attention any more.
import type { RolloutState } from '../model/rollout.ts';
import type { DaemonContext } from './context.ts';
import type { StoredApp } from './store.ts';

/** The failed deploy of an app that nobody has dealt with yet. One that a command took over was dealt with by whoever gave it. */
export function failedDeploy({ registry }: Pick<DaemonContext, 'registry'>, app: StoredApp): RolloutState | null {
  const deploy = registry.deploy(app.spec.name);
  return deploy?.phase === 'failed' && deploy.failure?.reason !== 'taken-over' && deploy.startedAt !== app.rolloutAt ? deploy : null;
}

/** Somebody has. */
export function acknowledgeDeploy({ store, registry }: Pick<DaemonContext, 'store' | 'registry'>, name: string): void {
  const app = store.get(name);
  const failed = app === null ? null : failedDeploy({ registry }, app);
  if (app !== null && failed !== null) store.put({ ...app, rolloutAt: failed.startedAt });
}

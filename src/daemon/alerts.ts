// What stands under the list because it still holds: instances that were given up, deploys that failed, hosts that are gone or hang.
import { printEvent, printWatchFailed, printWatchLoop } from '../model/event.ts';
import type { AlertView } from '../model/view.ts';
import { isSameProcess } from '../platform/proc-stat.ts';
import { failedDeploy } from './acknowledge.ts';
import type { DaemonContext } from './context.ts';
import type { HostLink } from './host-link.ts';
import { errorText } from './operations/outcome.ts';
import type { SeenRow } from './seen-rows.ts';
import type { StoredApp } from './store.ts';

/** All of one app. `silent`: the hosts that do not answer. */
export function alertsOf(
  context: DaemonContext,
  app: StoredApp,
  { rows, silent }: { readonly rows: readonly SeenRow[]; readonly silent: readonly HostLink[] },
): readonly AlertView[] {
  return [
    ...instanceAlerts(context, app, rows),
    ...deployAlerts(context, app),
    ...silenceOf(context, app, silent),
    ...watchAlerts(context, app),
  ];
}

/** Until a later rollout or a restart succeeds, or somebody says `reset`. */
function deployAlerts(context: DaemonContext, app: StoredApp): readonly AlertView[] {
  const deploy = failedDeploy(context, app);
  if (deploy === null || deploy.failure === null) return [];
  const { cause, failure, endedAt, startedAt } = deploy;
  const { name } = app.spec;
  const at = endedAt ?? startedAt;
  return [{ app: name, slot: null, at, text: printEvent({ kind: 'rollout-failed', cause, ...failure, at, app: name, slot: null }) }];
}

function instanceAlerts(context: DaemonContext, app: StoredApp, rows: readonly SeenRow[]): readonly AlertView[] {
  const errored = rows
    .filter(({ status }) => status === 'errored')
    .map(({ row }): AlertView => ({
      app: row.app,
      slot: row.slot,
      at: Math.max(...row.tally.map((one) => one.at), 0),
      text: errorText(row, app.spec),
    }));
  const alone = rows.filter(({ status }) => status === 'unsupervised').length;
  if (alone === 0 || hangingHost(context, app) !== null) return errored;
  const events = context.events.recent().filter(({ app: name }) => name === app.spec.name);
  const gone = events.findLast((event) => event.kind === 'host-gone');
  const text = `its host ${app.spec.host}${gone?.kind === 'host-gone' ? ` (pid ${gone.pid})` : ''} died; ${alone} of its instances ${alone === 1 ? 'goes' : 'go'} on without supervision; holdfast restart ${app.spec.name} puts a new host in place`;
  return [...errored, { app: app.spec.name, slot: null, at: gone?.at ?? context.clock.epochMs(), text }];
}

/** Until it is restarted by hand, or watches something else. */
function watchAlerts({ watches, events, clock }: DaemonContext, { spec, watchPause }: StoredApp): readonly AlertView[] {
  const { name } = spec;
  if (watchPause !== null) return [{ app: name, slot: null, at: watchPause.at, text: printWatchLoop(name, watchPause) }];
  const trouble = watches.troubleOf(name);
  if (trouble === null) return [];
  const failed = events.recent().findLast((event) => event.kind === 'watch-failed' && event.app === name);
  return [{ app: name, slot: null, at: failed?.at ?? clock.epochMs(), text: printWatchFailed(trouble) }];
}

/** A host that hangs keeps its instances, and nothing minds them. */
function silenceOf(context: DaemonContext, { spec }: StoredApp, silent: readonly HostLink[]): readonly AlertView[] {
  const pid = silent.find((link) => link.name === spec.host)?.process.pid ?? hangingHost(context, { spec });
  if (pid === null) return [];
  const text = `its host ${spec.host} (pid ${pid}) does not answer and minds nothing; kill -9 ${pid}, then holdfast restart ${spec.name}, puts a new one in place`;
  return [{ app: spec.name, slot: null, at: context.clock.epochMs(), text }];
}

/** The pid of a host that lives and is not connected. */
function hangingHost({ hosts, record }: DaemonContext, { spec }: Pick<StoredApp, 'spec'>): number | null {
  const left = hosts.get(spec.host) === null ? record(spec.host) : null;
  return left !== null && isSameProcess(left.process) ? left.process.pid : null;
}

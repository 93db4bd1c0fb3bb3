// Brings what is in line with what is wanted, app by app, whenever a host turns up or dies. policy/reconcile.ts says what; this does it.
import { isSameProcess } from '../platform/proc-stat.ts';
import { mayStart } from '../policy/dependencies.ts';
import { reconcile } from '../policy/reconcile.ts';
import type { ObservedApp, ReconcileCommand } from '../policy/reconcile.ts';
import type { DaemonContext } from './context.ts';
import { dependencyState } from './dependency-state.ts';
import { livingOrphans } from './host-record.ts';
import { USUAL_ENDING, endOrphans, joinOrphans, livingInRows, rowOfOrphan } from './orphans.ts';
import { keepGoals } from './intake.ts';
import { bringsHost, hostOf } from './next-host.ts';
import { adoptRelease, adoptUnknown, isRollingOut } from './adoption.ts';
import { applyTo, supervise } from './supervise.ts';

/** An app to look at. `host` is where it was seen, or should be. */
export interface Tended {
  readonly name: string;
  readonly host: string;
}

/** Looks at one app and carries out what is to be done about it. To be called in the app's turn only. `waits`: it has to wait for others from now on. */
export async function tend(context: DaemonContext, tended: Tended): Promise<'done' | 'waits'> {
  const { store } = context;
  let observed = observe(context, tended);
  if (isHandedDown(context, observed)) {
    await hostOf(context, store.get(tended.name)!);
    observed = observe(context, tended);
    // That host has left it alone, and so would the next.
    if (observed.kind === 'orphaned') observed = { ...observed, adoptable: false };
  }
  if (observed.kind === 'supervised') {
    if (isRollingOut(context, tended.name)) return 'done';
    adoptRelease(context, tended.name);
    keepGoals(context, tended.name);
  }
  const orphans = observed.kind === 'orphaned' ? observed.orphans : [];
  const stored = store.get(tended.name);
  if (stored !== null && (stored.orphans.length > 0 || orphans.length > 0)) store.put({ ...stored, orphans });
  const desired = store.get(tended.name);
  for (const command of reconcile({ desired: desired === null ? [] : [desired], observed: [observed], memory: store.memory })) {
    if (command.kind === 'start-host-and-apply' && hasToWait(context, command)) return 'waits';
    await carryOut(context, command, tended);
  }
  return 'done';
}

/** It serves, and the next host gets its sockets from it; one that does not get them leaves it alone. */
function isHandedDown({ store, holdsSocket }: DaemonContext, observed: ObservedApp): boolean {
  if (observed.kind !== 'orphaned' || !observed.adoptable || store.get(observed.app)?.spec.mode !== 'cluster') return false;
  return observed.orphans.some(({ process }) => holdsSocket(process.pid));
}

/** Nothing of it lives. Where what it depends on is just coming back too it is the second; in no other case is it kept down by that. */
function hasToWait(context: DaemonContext, { spec, start, orphans }: Extract<ReconcileCommand, { kind: 'start-host-and-apply' }>): boolean {
  const { store, clock } = context;
  const app = store.get(spec.name);
  if (app === null || start.length === 0 || orphans.length > 0) return false;
  if (mayStart(spec.dependsOn, (name) => dependencyState(context, name)).kind !== 'wait') return false;
  store.put({ ...app, waiting: { since: clock.epochMs(), orElse: 'start' } });
  return true;
}

function observe(context: DaemonContext, { name, host }: Tended): ObservedApp {
  const desired = context.store.get(name);
  const hostName = desired?.spec.host ?? host;
  const rows = context.registry.rows(name);
  if (context.hosts.get(hostName)?.runs.has(name) === true) return { kind: 'supervised', app: name, rows };
  const left = context.record(hostName);
  // A host that answers speaks for itself: its record is about its own processes, not about those of its predecessor. One that hangs cannot.
  const isSilent = left !== null && (context.hosts.get(hostName) === null || !isSameProcess(left.process));
  const recorded = isSilent ? livingOrphans(left, name) : [];
  const stored = (desired?.orphans ?? []).filter((orphan) => isSameProcess(orphan.process));
  const orphans = joinOrphans(recorded, stored, livingInRows(rows));
  if (orphans.length === 0) return { kind: 'gone', app: name };
  const bringHost = desired?.spec.mode !== 'fork' && orphans.some(({ process }) => bringsHost(context, process));
  // Beside one that hangs no other can be started.
  const isHostDead = recorded.length > 0 && !isSameProcess(left!.process);
  return { kind: 'orphaned', app: name, orphans, adoptable: isHostDead && !bringHost };
}

async function carryOut(context: DaemonContext, command: ReconcileCommand, tended: Tended): Promise<void> {
  const { store, hosts, registry } = context;
  switch (command.kind) {
    case 'adopt':
      return bringGoals(context, command.app, command);
    case 'adopt-unknown-app':
      return adoptUnknown(context, tended.name);
    case 'apply-missing-slots': {
      const app = store.get(tended.name)!;
      await applyTo(context, await hosts.ensure(app.spec.host), app, false);
      return bringGoals(context, tended.name, command);
    }
    case 'start-host-and-apply':
      // A host that has nothing to start and nothing to end is started when somebody asks for it.
      if (command.start.length > 0 || command.orphans.length > 0) await (await supervise(context, store.get(tended.name)!)).bringUp();
      return;
    case 'leave-unsupervised': {
      const known = new Set(livingInRows(registry.rows(tended.name)).map((orphan) => orphan.process.pid));
      for (const orphan of command.orphans)
        if (!known.has(orphan.process.pid)) registry.apply({ row: rowOfOrphan(tended.name, orphan), removed: null });
      return;
    }
    case 'remove-unknown-app':
      if (command.slots.length > 0) await hosts.get(tended.host)?.request({ type: 'remove', app: command.app, slots: command.slots });
      hosts.get(tended.host)?.runs.delete(command.app);
      return endOrphans(command.orphans, USUAL_ENDING, context.clock);
    default:
      return command satisfies never;
  }
}

async function bringGoals(
  context: DaemonContext,
  app: string,
  { start, stop }: { readonly start: readonly number[]; readonly stop: readonly number[] },
): Promise<void> {
  const link = context.hosts.get(context.store.get(app)!.spec.host);
  if (start.length > 0) await link?.request({ type: 'start', app, slots: start });
  if (stop.length > 0) await link?.request({ type: 'stop', app, slots: stop });
}

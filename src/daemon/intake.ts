// Takes in what hosts report: registry first, then the log, then whoever waits; acknowledged when it is on disk.
import type { HoldfastEvent } from '../model/event.ts';
import type { Fact, InstanceRow, ProcessId } from '../model/protocol.ts';
import type { DaemonContext } from './context.ts';
import { areOneProcess } from '../platform/proc-stat.ts';
import { isAskedFor } from '../policy/rollout.ts';
import { isRollingOut } from './adoption.ts';
import { readEnd } from './event-history.ts';
import { printLine } from './events.ts';
import type { HostLink, Snapshot } from './host-link.ts';
import { hasEnded } from '../policy/reconcile.ts';
import { withHealthy } from './releases.ts';
import { isUnderWay } from './rollouts.ts';

/** Those who are told, after the registry knows. */
export interface IntakeListeners {
  /** An app of this host may have to be looked at. */
  look(app: { readonly name: string; readonly host: string }): void;
  /** A rollout of this app is under way, and perhaps nobody waits for its end. */
  rolling(app: string): void;
  /** Rows of this app have changed: of one slot, or, where that is null, perhaps of all. */
  noticed(app: string, event: Fact['event'], slot: number | null): void;
  greeted(link: HostLink): void;
  /** Whether nothing is being done to the app just now, so that what its rows say is what was asked for. */
  isSettled(app: string): boolean;
}

export interface Intake {
  snapshot(link: HostLink, snapshot: Snapshot): void;
  fact(link: HostLink, fact: Fact): void;
}

/** Remembers the last fact of each host, so that none is taken twice. */
export function createIntake(context: DaemonContext, to: IntakeListeners): Intake {
  const lastFacts = new Map<string, { readonly process: ProcessId; readonly seq: number }>();
  const unacknowledged = new Map<HostLink, number>();
  const startedAt = context.clock.epochMs();
  let isScheduled = false;
  let logged: ReadonlySet<string> | null = null;

  function acknowledge(): void {
    isScheduled = false;
    logged = null;
    // What the disk refused stays in the hosts' memory, and in ours for the next try.
    if (!context.events.flush()) return;
    for (const [link, seq] of unacknowledged) link.tell({ type: 'ack', seq });
    unacknowledged.clear();
  }

  /** A daemon that was killed may have written what it had not yet acknowledged: that is told again, and stands in the log already. */
  function wasLogged(event: HoldfastEvent): boolean {
    if (event.at >= startedAt) return false;
    logged ??= new Set(readEnd(context.home.log).split('\n'));
    return logged.has(printLine(event));
  }

  function isNew(link: HostLink, seq: number): boolean {
    const last = lastFacts.get(link.name);
    return last === undefined || !areOneProcess(last.process, link.process) || seq > last.seq;
  }

  return {
    snapshot(link, { apps, missed }) {
      for (const app of apps) {
        context.registry.setApp(app.release.spec.name, app);
        noteHealth(context, app.rows);
      }
      if (missed > 0) context.events.publish({ kind: 'facts-missed', host: link.name, missed });
      to.greeted(link);
      for (const { release } of apps) {
        const { name } = release.spec;
        to.noticed(name, null, null);
        if (isRollingOut(context, name)) to.rolling(name);
        to.look({ name, host: link.name });
      }
      const unknownToHost = context.store.apps().filter((app) => app.spec.host === link.name && !link.runs.has(app.spec.name));
      for (const app of unknownToHost) to.look({ name: app.spec.name, host: link.name });
    },
    fact(link, fact) {
      if (!isScheduled) queueMicrotask(acknowledge);
      isScheduled = true;
      unacknowledged.set(link, fact.seq);
      if (!isNew(link, fact.seq)) return;
      lastFacts.set(link.name, { process: link.process, seq: fact.seq });
      context.registry.apply(fact);
      if (fact.event !== null && !wasLogged(fact.event)) context.events.record(fact.event);
      if (fact.row !== null) noteHealth(context, [fact.row]);
      const app = fact.row?.app ?? fact.removed?.app ?? fact.rollout?.app ?? fact.event?.app ?? null;
      if (app === null) return;
      if (context.registry.rows(app).length === 0) context.departing.delete(app);
      to.noticed(app, fact.event, fact.row?.slot ?? null);
      const { rollout } = fact;
      // Whoever has asked for it takes the result in first.
      if (rollout !== null && isAskedFor(rollout.state.cause) && !isUnderWay(rollout.state)) to.look({ name: app, host: link.name });
      if (to.isSettled(app)) keepGoals(context, app);
    },
  };
}

/** An instance that its policy gave up for good, or let end, is not wanted any more: after a reboot of its host it stays down. */
export function keepGoals(context: DaemonContext, app: string): void {
  for (const row of context.registry.rows(app)) if (row.role === 'current' && hasEnded(row)) context.store.letRest(app, row.slot);
}

/** A release of which an instance has reached `min_uptime` can be returned to. */
function noteHealth({ store }: DaemonContext, rows: readonly InstanceRow[]): void {
  for (const { app: name, healthy, release } of rows) {
    const app = healthy && release > 0 ? store.get(name) : null;
    const known = app === null ? null : withHealthy(app, release);
    if (known !== null && known !== app) store.put(known);
  }
}

// Sees to it that apps are looked at when something happened to their host, and again while something is wrong. tending.ts does the looking.
import { HoldfastError } from '../model/errors.ts';
import { printEvent } from '../model/event.ts';
import type { ProcessId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel } from '../platform/clock.ts';
import { isSameProcess } from '../platform/proc-stat.ts';
import { isRollingOut } from './adoption.ts';
import { isSupervised } from './context.ts';
import type { DaemonContext } from './context.ts';
import { hostNames } from './host-record.ts';
import { livingInRows } from './orphans.ts';
import { retireIdleHosts } from './retirement.ts';
import { createRevivalDelays } from './revival.ts';
import type { StoredApp } from './store.ts';
import { tend } from './tending.ts';
import type { Tended } from './tending.ts';
import type { Turns } from './turns.ts';

/** How often processes without a host are looked after, and whether they have one again; only while there are any. */
const WATCH_EVERY_MS: Ms = 2000;

/** How long the next host may take to tell how a rollout has ended that the dead one had begun. */
const NEXT_HOST_MS: Ms = 10_000;

export interface TenderOptions {
  readonly context: DaemonContext;
  readonly turns: Turns;
  /** Operations cannot wait for a dead host. */
  readonly giveUp: (app: string, reason: string) => void;
  /** It is wanted up, and waits for others. */
  readonly waits: (app: string) => void;
  readonly defect: (error: unknown) => void;
}

export interface Tender {
  /** Looks at one app when its turn comes. */
  look(tended: Tended): void;
  /** Looks at every app of the list, and at what dead hosts left behind. */
  lookAtAll(): void;
  hostGone(host: { readonly name: string; readonly process: ProcessId }): void;
  /** Nothing is brought back any more. */
  stop(): void;
  /** As before `stop`. */
  resume(): void;
}

/** Idle until something happens. */
export function createTender(options: TenderOptions): Tender {
  const { context, turns } = options;
  const delayOf = createRevivalDelays();
  const timers = new Set<Cancel>();
  let watch: Cancel | null = null;
  let isStopped = false;

  function later(delayMs: Ms, act: () => void): Cancel {
    const cancel = context.clock.setTimer(delayMs, () => {
      timers.delete(cancel);
      act();
    });
    timers.add(cancel);
    return cancel;
  }

  function look(tended: Tended): void {
    if (isStopped) return;
    const work = async (): Promise<void> => {
      if (!isStopped && (await tend(context, tended)) === 'waits') options.waits(tended.name);
    };
    turns.take({ apps: [tended.name], work }).then(
      () => {
        retireIdleHosts(context);
        watchOrphans();
      },
      (error: unknown) => failed(tended, error),
    );
  }

  function failed(tended: Tended, error: unknown): void {
    if (!(error instanceof HoldfastError)) return options.defect(error);
    if (isStopped) return;
    context.events.publish({ kind: 'host-failed', host: tended.host, reason: error.message }, { app: tended.name, slot: null });
    later(Math.max(delayOf(tended.host, context.clock.monotonicMs()), WATCH_EVERY_MS), () => look(tended));
  }

  function watchOrphans(): void {
    const orphaned = context.store.apps().filter((app) => app.orphans.length > 0);
    if (isStopped || watch !== null || orphaned.length === 0) return;
    watch = later(WATCH_EVERY_MS, () => {
      watch = null;
      // A host that they have brought up is looked at when it has answered; one that hangs has been reported.
      for (const host of new Set(orphaned.map((app) => app.spec.host))) context.hosts.find(host).catch(() => undefined);
      const changed = context.store.apps().filter((app) => app.orphans.some((orphan) => !isSameProcess(orphan.process)));
      for (const app of changed) look({ name: app.spec.name, host: app.spec.host });
      watchOrphans();
    });
  }

  function reportGone(host: { readonly name: string; readonly process: ProcessId }, app: StoredApp): void {
    const { name } = app.spec;
    const rows = context.registry.rows(name);
    // One that had lost an earlier host goes on as it did.
    if (app.orphans.length > 0 || rows.length === 0) return;
    const body = { kind: 'host-gone', host: host.name, pid: host.process.pid, serving: livingInRows(rows).length } as const;
    context.events.publish(body, { app: name, slot: null });
    const reason = printEvent({ ...body, at: 0, app: name, slot: null });
    if (!isRollingOut(context, name)) return options.giveUp(name, reason);
    // The next host tells what has become of it.
    const startedAt = context.registry.rollout(name)?.startedAt;
    later(NEXT_HOST_MS, () => {
      const isKnown = isSupervised(context, app) && context.registry.rollout(name)?.startedAt === startedAt;
      if (!isKnown) options.giveUp(name, reason);
    });
  }

  return {
    look,
    lookAtAll() {
      for (const app of context.store.apps()) look({ name: app.spec.name, host: app.spec.host });
      for (const host of hostNames(context.home).filter((name) => context.hosts.get(name) === null)) {
        const left = context.record(host)?.apps.filter((app) => context.store.get(app.name) === null) ?? [];
        for (const app of left) look({ name: app.name, host });
      }
    },
    hostGone(host) {
      context.hostLostAtMs.set(host.name, context.clock.monotonicMs());
      if (isStopped) return;
      const departing = [...context.departing.values()].filter((app) => context.store.get(app.spec.name) === null);
      const apps = [...context.store.apps(), ...departing].filter((app) => app.spec.host === host.name);
      if (apps.length === 0) return;
      if (!context.givingWay.has(host.name)) for (const app of apps) reportGone(host, app);
      later(delayOf(host.name, context.clock.monotonicMs()), () => {
        for (const app of apps) look({ name: app.spec.name, host: host.name });
      });
    },
    stop() {
      isStopped = true;
      for (const cancel of timers) cancel();
      timers.clear();
      watch = null;
    },
    resume() {
      isStopped = false;
      this.lookAtAll();
    },
  };
}

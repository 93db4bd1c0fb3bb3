// The daemon as a whole: joins its parts and passes what happens from one to the next. It is parent of no app and runs no user code.
import type { HoldfastEvent } from '../model/event.ts';
import type { Home } from '../model/home.ts';
import type { NextHost } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import { createLazyWatches } from '../trigger/lazy-watches.ts';
import { createSchedules } from '../trigger/schedules.ts';
import type { DaemonContext } from './context.ts';
import { createEventFile } from './event-file.ts';
import { createEventLog } from './events.ts';
import type { HostLink } from './host-link.ts';
import { hostNames, readHostRecord } from './host-record.ts';
import { createHub } from './hub.ts';
import type { LineHub, MessageHub } from './hub.ts';
import { serveApi } from './http/server.ts';
import { ROUTES } from './http/routes.ts';
import { createIntake, keepGoals } from './intake.ts';
import type { Intake } from './intake.ts';
import { createOperations } from './operations/operations.ts';
import type { Operations } from './operations/operations.ts';
import { livingInRows } from './orphans.ts';
import { createRegistry } from './registry.ts';
import { retireIdleHosts } from './retirement.ts';
import { runScheduled, scheduledApps } from './scheduled.ts';
import { reopenLogs } from './reopen-logs.ts';
import { openStore } from './store.ts';
import { createSupervisors } from './supervisors.ts';
import { createTender } from './tender.ts';
import type { Tender } from './tender.ts';
import { createTurns } from './turns.ts';
import { createUsage } from './usage.ts';
import { createWatched, watchedApps } from './watched.ts';
import type { Watched } from './watched.ts';

/** How long the start waits for hosts that are slow to answer; they are taken in whenever they do. */
const HOSTS_MS: Ms = 1000;
/** How long the end of `kill` waits for somebody to hear of it. */
const DELIVERY_MS: Ms = 1000;

export interface DaemonOptions {
  readonly home: Home;
  readonly version: string;
  readonly pid: number;
  readonly bootId: string;
  readonly clock: Clock;
  /** Starts the process of a host; resolves when it, or another of that name, listens. */
  readonly launchHost: (name: string) => Promise<void>;
  /** Rejects where a process of this build's host does not start. It ends at once, and touches nothing. */
  readonly proveHost: (name: string) => Promise<void>;
  /** How hosts of this build are started. */
  readonly nextHost: NextHost;
  /** Whether this process or a descendant holds a listening socket. */
  readonly holdsSocket: (pid: number) => boolean;
  /** As in `DaemonContext`. */
  readonly isOurs: (pid: number) => boolean;
  /** Something was asked or told: the daemon is not at rest. */
  readonly stirred: () => void;
  /** `holdfast kill` is done: the apps and hosts are gone, and whoever asked knows it. */
  readonly killed: () => void;
  /** Hears of every event, and of which instance by its id. */
  readonly told?: ((event: HoldfastEvent, id: number | null) => void) | undefined;
  /** File that whoever is `told` writes to: emptied with the logs of all apps. */
  readonly eventCopy?: string | null;
  /** An error that is ours. */
  readonly defect: (error: unknown) => void;
}

export interface Daemon {
  /** Has every log file opened anew. */
  reopenLogs(): void;
  /** Says goodbye to the hosts and lets go of everything; apps stay. */
  leave(): Promise<void>;
}

/** Resolves when the daemon listens and knows its hosts. The caller holds the lock. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { home, clock, version, pid } = options;
  const startedAtMs = clock.monotonicMs();
  const leaving = new AbortController();
  const context = createContext(options, { parts: () => parts, leaving: leaving.signal });
  const { told } = options;
  if (told !== undefined) context.events.subscribe((event) => told(event, idOf(context, event)));
  const delivery = createDelivery(clock);
  const parts = joinParts(options, context, (id) => void delivery.of(id).then(options.killed));
  await meetHosts(context);
  const adopted = context.registry.apps().flatMap((app) => livingInRows(context.registry.rows(app))).length;
  context.events.publish({ kind: 'daemon-started', version, pid, adopted });
  parts.tender.lookAtAll();
  reviewTriggers(context);
  const { hub, messages, operations } = parts;
  operations.goOn(context.store.apps().flatMap((app) => (app.waiting === null ? [] : [app.spec.name])));
  const services = {
    context,
    operations,
    hub,
    messages,
    measure: createUsage(clock),
    manager: { pid, startedAtMs },
    delivered: delivery.delivered,
  };
  const server = await serveApi({ socketPath: home.socket, routes: ROUTES, services, asked: options.stirred, defect: options.defect });
  return {
    reopenLogs() {
      // A host that does not answer is reported by whoever needs it.
      reopenLogs(context).catch(() => undefined);
    },
    async leave() {
      leaving.abort();
      parts.tender.stop();
      stopTriggers(context);
      context.events.publish({ kind: 'daemon-leaving' });
      await server.close();
      await context.hosts.leave();
      // Its failure has been published.
      await context.store.saved().catch(() => undefined);
      context.events.flush();
    },
  };
}

/** What hears of hosts. */
interface Parts {
  readonly intake: Intake;
  readonly hub: LineHub;
  readonly messages: MessageHub;
  readonly tender: Tender;
  readonly operations: Operations;
  readonly scheduleDue: (app: string) => void;
  readonly watched: Watched;
}

/** What begins operations by itself. */
type Triggers = Pick<DaemonContext, 'schedules' | 'watches'>;

function reviewTriggers({ schedules, watches }: Triggers): void {
  schedules.review();
  watches.review();
}

function stopTriggers({ schedules, watches }: Triggers): void {
  schedules.stop();
  watches.stop();
}

function idOf({ store }: DaemonContext, { app, slot: of }: HoldfastEvent): number | null {
  return (app === null ? null : store.get(app))?.slots.find(({ slot }) => slot === of)?.id ?? null;
}

/** `parts` is asked only when a host says something, which is after they were made. What ends after `leaving` begins nothing any more. */
function createContext(
  options: DaemonOptions,
  { parts, leaving }: { readonly parts: () => Parts; readonly leaving: AbortSignal },
): DaemonContext {
  const { home, clock, version, bootId } = options;
  const events = createEventLog({
    file: home.log,
    now: () => clock.epochMs(),
    append: createEventFile({ file: home.log, clock }),
    trouble: options.defect,
  });
  const store = openStore({
    home,
    bootId,
    now: clock.epochMs(),
    on: {
      movedAside: (trouble) => events.publish({ kind: 'state-moved-aside', ...trouble }),
      notSaved: (trouble) => events.publish({ kind: 'state-not-saved', ...trouble }),
      changed: () => (leaving.aborted ? undefined : reviewTriggers({ schedules, watches })),
    },
  });
  const hosts = createSupervisors({
    home,
    version,
    clock,
    launch: options.launchHost,
    prove: options.proveHost,
    on: {
      snapshot: (link, snapshot) => parts().intake.snapshot(link, snapshot),
      fact(link, fact) {
        options.stirred();
        parts().intake.fact(link, fact);
      },
      lines: (_link, lines, dropped) => parts().hub.received(lines, dropped),
      messages: (_link, messages, dropped) => parts().messages.received(messages, dropped),
      started: (link) => events.publish({ kind: 'host-started', host: link.name, pid: link.process.pid }),
      gone: (host) => parts().tender.hostGone(host),
    },
  });
  const schedules = createSchedules({ clock, apps: () => scheduledApps({ store }), due: (app) => parts().scheduleDue(app) });
  const watches = createLazyWatches({
    clock,
    apps: () => watchedApps({ store, home }),
    changed: (app, change) => parts().watched.changed(app, change),
    missing: (app, path) => parts().watched.missing(app, path),
    failed: (app, trouble) => parts().watched.failed(app, trouble),
  });
  return {
    home,
    version,
    clock,
    store,
    registry: createRegistry(),
    hosts,
    events,
    schedules,
    watches,
    record: (host) => readHostRecord(home, host, bootId),
    holdsSocket: options.holdsSocket,
    isOurs: options.isOurs,
    givingWay: new Set(),
    hostLostAtMs: new Map(),
    nextHost: options.nextHost,
    eventCopy: options.eventCopy ?? null,
    departing: new Map(),
  };
}

function joinParts(options: DaemonOptions, context: DaemonContext, killed: (operationId: string) => void): Parts {
  const turns = createTurns();
  const hub: LineHub = createHub(() => context.hosts.all(), 'follow');
  const messages: MessageHub = createHub(() => context.hosts.all(), 'hear');
  const operations = createOperations({
    context,
    turns,
    killing() {
      tender.stop();
      stopTriggers(context);
    },
    killed,
    notKilled() {
      tender.resume();
      reviewTriggers(context);
    },
    ended(apps) {
      for (const app of apps) if (turns.isIdle(app)) keepGoals(context, app);
      retireIdleHosts(context);
    },
  });
  const tender = createTender({
    context,
    turns,
    giveUp: operations.giveUp,
    waits: (app) => operations.goOn([app]),
    defect: options.defect,
  });
  const greeted = (link: HostLink): void => {
    hub.greeted(link);
    messages.greeted(link);
    retireIdleHosts(context);
  };
  const intake = createIntake(context, {
    look: tender.look,
    rolling: operations.follow,
    noticed: operations.noticed,
    greeted,
    isSettled: (app) => turns.isIdle(app),
  });
  const trigger = { context, isIdle: turns.isIdle, begin: operations.submitByItself };
  const scheduleDue = (app: string): void => runScheduled(app, trigger);
  return { intake, hub, messages, tender, operations, scheduleDue, watched: createWatched(trigger) };
}

/** Dials every host that left a socket or a record. One that does not answer in time is met later. */
async function meetHosts(context: DaemonContext): Promise<void> {
  // A host that cannot be talked to is reported when its apps are looked at.
  const met = Promise.allSettled(hostNames(context.home).map((name) => context.hosts.find(name)));
  let cancel = (): void => undefined;
  const enough = new Promise<void>((resolve) => (cancel = context.clock.setTimer(HOSTS_MS, resolve)));
  await Promise.race([met, enough]);
  cancel();
}

/** Waits until the end of an operation has reached a watcher, or nobody came for it. */
function createDelivery(clock: Clock): { readonly of: (id: string) => Promise<void>; readonly delivered: (id: string) => void } {
  const waiting = new Map<string, () => void>();
  return {
    of: (id) =>
      new Promise((resolve) => {
        waiting.set(id, resolve);
        clock.setTimer(DELIVERY_MS, resolve);
      }),
    delivered: (id) => waiting.get(id)?.(),
  };
}

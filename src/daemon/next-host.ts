// The host of an app for a command: the one that is there, the one that its surviving instances are just bringing up, or one that is started.
import type { ProcessId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import { pause } from '../platform/clock.ts';
import { isSameProcess } from '../platform/proc-stat.ts';
import type { DaemonContext } from './context.ts';
import type { HostLink } from './host-link.ts';
import { joinOrphans, livingInRows } from './orphans.ts';
import type { StoredApp } from './store.ts';

/**
 * How long the instances may take to bring their host up, from when they may. It takes them 0.2 s, and 4 s on a machine with six times its work. One that
 * this daemon started before that would have no socket of theirs: it would have to end them all before it could listen.
 */
const ELECTION_MS: Ms = 10_000;
/** No host makes the next one wait longer (policy/takeovers.ts): where it seems so the clock was set. */
const LONGEST_PAUSE_MS: Ms = 30_000;
const LOOK_EVERY_MS: Ms = 20;

/** Rejects with HOST_UNREACHABLE. */
export async function hostOf(context: DaemonContext, app: StoredApp): Promise<HostLink> {
  return (await livingHostOf(context, app)) ?? context.hosts.ensure(app.spec.host);
}

/** The host that is there, or that the instances bring up; null where there is none and none comes. Rejects with HOST_UNREACHABLE where it hangs. */
export async function livingHostOf(context: DaemonContext, app: StoredApp): Promise<HostLink | null> {
  const { host } = app.spec;
  return (await context.hosts.find(host)) ?? (isBeingElected(context, host) ? awaitElected(context, host) : null);
}

/** Resolves when what is known of an app is what its host says, or when none is to be expected. Rejects with HOST_UNREACHABLE where it hangs. */
export async function meetHost(context: DaemonContext, name: string): Promise<void> {
  const app = context.store.get(name);
  if (app !== null) await livingHostOf(context, app);
}

/** Whether instances of any of its apps are at it. */
function isBeingElected(context: DaemonContext, host: string): boolean {
  const apps = context.store.apps().filter(({ spec }) => spec.host === host && spec.mode === 'cluster');
  return apps.some(({ spec, orphans }) =>
    joinOrphans(orphans, livingInRows(context.registry.rows(spec.name))).some(
      ({ process }) => isSameProcess(process) && bringsHost(context, process),
    ),
  );
}

/** Whether this instance of cluster mode starts the next host itself: who holds a listening socket has one to hand down, and nobody but our own user may. */
export function bringsHost({ holdsSocket, isOurs }: DaemonContext, { pid }: ProcessId): boolean {
  return isOurs(pid) && holdsSocket(pid);
}

/** Null where none has come in time. */
export async function awaitElected(context: DaemonContext, host: string): Promise<HostLink | null> {
  const sinceMs = context.clock.monotonicMs();
  while (context.clock.monotonicMs() < electedByMs(context, host, sinceMs)) {
    const next = await context.hosts.find(host).catch(() => null);
    if (next !== null) return next;
    await pause(context.clock, LOOK_EVERY_MS);
  }
  return null;
}

/** Until when one is waited for. Where the dead host has not written how it is followed, nobody can. */
function electedByMs({ clock, hostLostAtMs, record }: DaemonContext, host: string, sinceMs: Ms): Ms {
  const from = record(host)?.nextTakeoverAt;
  if (from === undefined) return 0;
  const mayBeginMs = clock.monotonicMs() + Math.min(from - clock.epochMs(), LONGEST_PAUSE_MS);
  return Math.max(hostLostAtMs.get(host) ?? sinceMs, mayBeginMs) + ELECTION_MS;
}

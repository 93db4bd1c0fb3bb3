// The host of an app for a command: the one that is there, the one that its surviving instances are just bringing up, or one that is started.
import type { Ms } from '../model/units.ts';
import { pause } from '../platform/clock.ts';
import type { DaemonContext } from './context.ts';
import type { HostLink } from './host-link.ts';
import { livingInRows } from './orphans.ts';
import type { StoredApp } from './store.ts';

/** How long the instances may take to bring their host up. From a kill it takes them 0.2 s; one that this daemon started before that would have no socket of theirs. */
const ELECTION_MS: Ms = 3000;
const LOOK_EVERY_MS: Ms = 20;

/** Rejects with HOST_UNREACHABLE. */
export async function hostOf(context: DaemonContext, app: StoredApp): Promise<HostLink> {
  const { hosts } = context;
  const { host } = app.spec;
  const present = hosts.get(host) ?? (isBeingElected(context, app) ? await awaitElected(context, host) : null);
  return present ?? hosts.ensure(host);
}

/** Only who holds a listening socket has one to hand down. */
function isBeingElected({ registry, holdsSocket }: DaemonContext, { spec }: StoredApp): boolean {
  return spec.mode === 'cluster' && livingInRows(registry.rows(spec.name)).some(({ process }) => holdsSocket(process.pid));
}

/** Null when none has come in the time after the last one was lost. */
export async function awaitElected({ hosts, clock, hostLostAtMs }: DaemonContext, host: string): Promise<HostLink | null> {
  const endMs = (hostLostAtMs.get(host) ?? clock.monotonicMs()) + ELECTION_MS;
  while (clock.monotonicMs() < endMs) {
    const next = await hosts.find(host).catch(() => null);
    if (next !== null) return next;
    await pause(clock, LOOK_EVERY_MS);
  }
  return null;
}

// What the parts of the daemon share: the one set of objects that all operations and views look at.
import type { Home } from '../model/home.ts';
import type { NextHost } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import type { Schedules } from '../trigger/schedules.ts';
import type { Watches } from '../trigger/watches.ts';
import type { EventLog } from './events.ts';
import type { KnownProcesses } from './host-record.ts';
import type { Registry } from './registry.ts';
import type { Store, StoredApp } from './store.ts';
import type { Supervisors } from './supervisors.ts';

/** Built once by daemon.ts. */
export interface DaemonContext {
  readonly home: Home;
  readonly version: string;
  readonly clock: Clock;
  readonly store: Store;
  readonly registry: Registry;
  readonly hosts: Supervisors;
  readonly events: EventLog;
  readonly schedules: Schedules;
  readonly watches: Watches;
  /** What a host has written of its processes in this boot; null where there is nothing that can be read. */
  readonly record: (host: string) => KnownProcesses | null;
  /** Whether this process or a descendant holds a listening socket. */
  readonly holdsSocket: (pid: number) => boolean;
  /** Whether this process runs as the user of the manager. */
  readonly isOurs: (pid: number) => boolean;
  /** The hosts that are giving way to others just now: their end is no trouble. */
  readonly givingWay: Set<string>;
  /** When a host's end was heard of, of the monotonic clock. */
  readonly hostLostAtMs: Map<string, Ms>;
  /** How hosts of this build are started. */
  readonly nextHost: NextHost;
  /** File that the events are written to besides, for others to read; null for none. */
  readonly eventCopy: string | null;
  /** Apps that were deleted and whose processes are still on their way out: shown until they are gone. */
  readonly departing: Map<string, StoredApp>;
}

/** Whether a host minds this app now. */
export function isSupervised(context: DaemonContext, app: StoredApp): boolean {
  return context.hosts.get(app.spec.host)?.runs.has(app.spec.name) === true;
}

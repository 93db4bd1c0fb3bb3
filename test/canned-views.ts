// Views as a daemon would give them, for tests of what is made of them.
import type { AppSpec } from '../src/model/app-spec.ts';
import type { RolloutAction, RolloutSlot, RolloutState } from '../src/model/rollout.ts';
import { specOf } from './spec.ts';
import type { AppsReply, AppView, InstanceView, LogEntry, OperationView } from '../src/model/view.ts';
import { NOW } from './run-cli.ts';

/** An online instance, with what differs. */
export function instanceView(differs: Partial<InstanceView> = {}): InstanceView {
  const id = differs.id ?? 0;
  const app = differs.app ?? 'api';
  return {
    id,
    app,
    namespace: 'default',
    slot: 0,
    role: 'current',
    mode: 'cluster',
    status: 'online',
    pid: 4100 + id,
    uptimeMs: 125_000,
    startedAt: NOW - 125_000,
    createdAt: NOW - 3_600_000,
    healthy: true,
    inRotation: true,
    restarts: 0,
    unstable: 0,
    lastDelayMs: 0,
    restartInMs: null,
    cpu: 0.31,
    memory: 54_800_000,
    tally: [],
    nodeVersion: 'v20.20.2',
    release: 1,
    readiness: null,
    liveness: null,
    outPath: `/home/me/.holdfast/logs/${app}-out-${id}.log`,
    errorPath: `/home/me/.holdfast/logs/${app}-error-${id}.log`,
    selfReport: null,
    ...differs,
  };
}

/** An app of these instances. */
export function appView(instances: readonly InstanceView[], spec?: AppSpec): AppView {
  const { app: name, namespace, mode } = instances[0]!;
  return {
    name,
    namespace,
    mode,
    host: name,
    uid: null,
    nextRunAt: null,
    watch: 'off',
    instances,
    waiting: null,
    releases: [],
    rollout: null,
    ...(spec === undefined ? {} : { spec }),
  };
}

/** A reply of these instances, one app a name. */
export function appsReply(instances: readonly InstanceView[], alerts: AppsReply['alerts'] = []): AppsReply {
  const names = [...new Set(instances.map((instance) => instance.app))];
  return { apps: names.map((name) => appView(instances.filter((instance) => instance.app === name))), alerts };
}

/** A spec with every default, and what differs. */
export function appSpec(differs: Partial<AppSpec> = {}): AppSpec {
  return specOf({
    script: '/srv/api/app.js',
    cwd: '/srv/api',
    env: { NODE_ENV: 'production', TOKEN: 'hush' },
    sourceMapSupport: true,
    outFile: '/home/me/.holdfast/logs/api-out.log',
    errorFile: '/home/me/.holdfast/logs/api-error.log',
    ...differs,
  });
}

/** An operation that has been asked for, with what differs. */
export function operationView(differs: Partial<OperationView> = {}): OperationView {
  return {
    id: '7',
    action: 'restart',
    state: 'running',
    startedAt: NOW,
    endedAt: null,
    outcomes: [],
    error: null,
    warnings: [],
    waitsFor: null,
    rollouts: [],
    ...differs,
  };
}

/** A slot of a rollout: the steps behind it took 10 ms, 20 ms and so on; `action` is under way for 2 s; without one it is through. */
export function rolloutSlot(slot: number, done: readonly RolloutAction[], action: RolloutAction | null = null): RolloutSlot {
  const steps = done.map((step, index) => ({ action: step, tookMs: (index + 1) * 10 }));
  return { slot, action, begun: true, sinceAt: action === null ? null : NOW - 2000, steps };
}

/** A slot whose turn has not come. */
export function waitingSlot(slot: number): RolloutSlot {
  return { slot, action: 'start-successor', begun: false, sinceAt: null, steps: [] };
}

/** A reload to release 4 that runs for 3 s, with what differs. */
export function rolloutState(differs: Partial<RolloutState> = {}): RolloutState {
  return {
    cause: 'reload',
    release: 4,
    overlap: 'balanced',
    phase: 'running',
    startedAt: NOW - 3000,
    endedAt: null,
    slots: [rolloutSlot(0, [], 'start-successor'), waitingSlot(1)],
    failure: null,
    ...differs,
  };
}

/** A line of an app, with what differs. */
export function logEntry(differs: Partial<LogEntry> = {}): LogEntry {
  return { at: NOW, app: 'api', slot: 0, id: 0, stream: 'out', level: 'info', text: 'hello', ...differs };
}

/** What `list` prints of two instances of `api`. */
export const TABLE = `\
┌────┬──────────┬─────────────┬─────────┬─────────┬──────────┬────────┬──────┬───────────┬──────────┬──────────┬──────────┬──────────┐
│ id │ name     │ namespace   │ version │ mode    │ pid      │ uptime │ ↺    │ status    │ cpu      │ mem      │ user     │ watching │
├────┼──────────┼─────────────┼─────────┼─────────┼──────────┼────────┼──────┼───────────┼──────────┼──────────┼──────────┼──────────┤
│ 0  │ api      │ default     │ N/A     │ cluster │ 4100     │ 2m     │ 0    │ online    │ 0.3%     │ 52.3mb   │ me       │ disabled │
│ 1  │ api      │ default     │ N/A     │ cluster │ 4101     │ 2m     │ 0    │ online    │ 0.3%     │ 52.3mb   │ me       │ disabled │
└────┴──────────┴─────────────┴─────────┴─────────┴──────────┴────────┴──────┴───────────┴──────────┴──────────┴──────────┴──────────┘
host metrics | load: 0.3 of 2 | ram usage: 51.8%
`;

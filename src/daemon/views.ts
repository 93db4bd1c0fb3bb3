// What users see, computed from desired state and rows for every answer. The word for a status is made here and nowhere else.
import { instanceLogPath } from '../log/paths.ts';
import { printEvent } from '../model/event.ts';
import type { InstanceRow } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { RolloutState } from '../model/rollout.ts';
import type { AlertView, AppsReply, AppView, InstanceView, ReleaseView, Status } from '../model/view.ts';
import { isSameProcess } from '../platform/proc-stat.ts';
import { failedDeploy } from './acknowledge.ts';
import { isSupervised } from './context.ts';
import type { DaemonContext } from './context.ts';
import type { HostLink } from './host-link.ts';
import { errorText } from './operations/outcome.ts';
import type { ReleaseRecord } from './releases.ts';
import { isUnderWay } from './rollouts.ts';
import type { StoredApp } from './store.ts';
import type { Measured, Usage } from './usage.ts';

/** Which apps (all when null), and whether with their specs. */
export interface AppsQuery {
  /** Ids of slots, as the targets selected them. */
  readonly ids: ReadonlySet<number> | null;
  readonly full: boolean;
  /** The hosts that do not answer. */
  readonly silent: readonly HostLink[];
}

type Measure = (processes: readonly Measured[]) => ReadonlyMap<number, Usage>;

/** The answer to GET /v1/apps. Apps by their lowest id, instances by slot. */
export function viewApps(context: DaemonContext, query: AppsQuery, measure: Measure): AppsReply {
  const apps = [...context.store.apps(), ...departing(context)];
  const seen = apps
    .map((app) => ({ app, rows: seenRows(context, app).filter((row) => query.ids === null || query.ids.has(row.row.id)) }))
    .filter(({ rows }) => rows.length > 0);
  const usage = measure(
    seen.flatMap(({ rows }) => rows.flatMap(({ row, pid }) => (pid === null ? [] : [{ pid, startedAt: row.startedAt }]))),
  );
  return {
    apps: seen.map(({ app, rows }) => viewApp(context, { app, rows, usage }, query.full)),
    alerts: seen.flatMap(({ app, rows }) => [...alertsOf(context, app, rows), ...silenceOf(context, app, query.silent)]),
  };
}

function departing(context: DaemonContext): readonly StoredApp[] {
  return [...context.departing]
    .filter(([name]) => context.store.get(name) === null && context.registry.rows(name).length > 0)
    .map(([, app]) => app);
}

/** A row with what was found out about it. `pid` is null when nothing of it lives. */
interface SeenRow {
  readonly row: InstanceRow;
  readonly status: Status;
  readonly pid: number | null;
}

function seenRows(context: DaemonContext, app: StoredApp): readonly SeenRow[] {
  const rows = context.registry.rows(app.spec.name);
  const supervised = isSupervised(context, app);
  const missing = context.store.get(app.spec.name) === null ? [] : app.slots.filter(({ slot }) => !rows.some((row) => row.slot === slot));
  const seen = rows.map((row): SeenRow => {
    const minded = supervised || context.departing.has(app.spec.name);
    const pid = row.process !== null && (minded || isSameProcess(row.process)) ? row.process.pid : null;
    return { row, status: minded ? statusOf(row) : statusWithoutHost(row, pid !== null), pid };
  });
  return [...seen, ...missing.map((slot) => unseen(context, app, slot))].sort((a, b) => a.row.slot - b.row.slot);
}

function statusOf({ phase }: InstanceRow): Status {
  switch (phase.kind) {
    case 'backoff':
      return 'waiting restart';
    case 'stopped':
    case 'starting':
    case 'online':
    case 'draining':
    case 'stopping':
    case 'errored':
      return phase.kind;
    default:
      return phase satisfies never;
  }
}

function statusWithoutHost({ phase }: InstanceRow, lives: boolean): Status {
  if (lives) return 'unsupervised';
  return phase.kind === 'errored' ? 'errored' : 'stopped';
}

/** A slot of which no host has said anything yet. */
function unseen(context: DaemonContext, app: StoredApp, slot: StoredApp['slots'][number]): SeenRow {
  const { name } = app.spec;
  const now = context.clock.epochMs();
  const empty = {
    key: -1,
    role: 'current',
    phase: { kind: 'stopped', finished: null },
    generation: 0,
    process: null,
    startedAt: null,
    createdAt: now,
    healthy: false,
  } as const;
  const counts = {
    inRotation: null,
    restarts: 0,
    unstable: 0,
    lastDelayMs: 0,
    tally: [],
    nodeVersion: null,
    release: 0,
    readiness: null,
    liveness: null,
    reusesPort: false,
    outPath: null,
    errorPath: null,
  } as const;
  const row: InstanceRow = { app: name, slot: slot.slot, id: slot.id, goal: slot.goal, ...empty, ...counts };
  return { row, status: slot.goal === 'up' ? 'starting' : 'stopped', pid: null };
}

interface SeenApp {
  readonly app: StoredApp;
  readonly rows: readonly SeenRow[];
  readonly usage: ReadonlyMap<number, Usage>;
}

function viewApp(context: DaemonContext, { app, rows, usage }: SeenApp, full: boolean): AppView {
  const { spec } = app;
  return {
    name: spec.name,
    namespace: spec.namespace,
    mode: spec.mode,
    host: spec.host,
    releases: viewReleases(app),
    rollout: rolloutOf(context, app),
    instances: rows.map((seen) =>
      viewInstance(app, seen, { now: context.clock.epochMs(), usage: seen.pid === null ? undefined : usage.get(seen.pid) }),
    ),
    ...(full ? { spec } : {}),
  };
}

function viewReleases({ release, earlier }: StoredApp): readonly ReleaseView[] {
  const view = ({ number, createdAt, cwd, script, healthy }: ReleaseRecord, current: boolean): ReleaseView => ({
    number,
    createdAt,
    cwd,
    script,
    healthy,
    current,
  });
  return [...earlier.map((past) => view(past, false)), view(release, true)];
}

/** What a host that died was about ends with it. */
function rolloutOf(context: DaemonContext, app: StoredApp): RolloutState | null {
  const rollout = context.registry.rollout(app.spec.name);
  return rollout === null || (isUnderWay(rollout) && !isSupervised(context, app)) ? null : rollout;
}

function viewInstance(
  { spec }: StoredApp,
  { row, status, pid }: SeenRow,
  { now, usage }: { readonly now: number; readonly usage: Usage | undefined },
): InstanceView {
  const {
    app,
    slot,
    id,
    role,
    createdAt,
    restarts,
    unstable,
    lastDelayMs,
    tally,
    nodeVersion,
    release,
    readiness,
    liveness,
    outPath,
    errorPath,
  } = row;
  return {
    id,
    app,
    namespace: spec.namespace,
    slot,
    role,
    mode: spec.mode,
    status,
    pid,
    uptimeMs: pid === null || row.startedAt === null ? null : Math.max(0, now - row.startedAt),
    startedAt: row.startedAt,
    createdAt,
    healthy: pid !== null && row.healthy,
    inRotation: status === 'unsupervised' ? null : row.inRotation,
    restarts,
    unstable,
    lastDelayMs,
    restartInMs: status === 'waiting restart' ? restartIn(row, now) : null,
    cpu: usage?.cpu ?? 0,
    memory: usage?.memory ?? 0,
    tally,
    nodeVersion,
    release,
    readiness,
    liveness,
    outPath: outPath ?? instanceLogPath(spec.outFile, id, spec.mergeLogs),
    errorPath: errorPath ?? instanceLogPath(spec.errorFile, id, spec.mergeLogs),
  };
}

/** The phase carries a moment of the host's own clock, which means nothing here: the delay is counted from the exit that caused it. */
function restartIn(row: InstanceRow, now: number): Ms {
  const exitedAt = Math.max(...row.tally.map((one) => one.at), 0);
  return Math.max(0, exitedAt + row.lastDelayMs - now);
}

function alertsOf(context: DaemonContext, app: StoredApp, rows: readonly SeenRow[]): readonly AlertView[] {
  return [...instanceAlerts(context, app, rows), ...deployAlerts(context, app)];
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
  const gone = context.events.recent().findLast((event) => event.kind === 'host-gone' && event.app === app.spec.name);
  const text =
    gone === undefined
      ? `its host ${app.spec.host} died; ${alone} of its instances ${alone === 1 ? 'goes' : 'go'} on without supervision; holdfast restart ${app.spec.name} puts a new host in place`
      : printEvent(gone);
  return [...errored, { app: app.spec.name, slot: null, at: gone?.at ?? context.clock.epochMs(), text }];
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

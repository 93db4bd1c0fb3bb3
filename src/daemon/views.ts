// What users see, computed from desired state and rows for every answer.
import { instanceLogPath } from '../log/paths.ts';
import type { InstanceRow } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { RolloutState } from '../model/rollout.ts';
import type { SelfReport } from '../model/self-report.ts';
import type { AppsReply, AppView, InstanceView, ReleaseView, Status, WaitingView } from '../model/view.ts';
import { mayStart } from '../policy/dependencies.ts';
import { alertsOf } from './alerts.ts';
import { isSupervised } from './context.ts';
import type { DaemonContext } from './context.ts';
import { dependencyState, waitLimitMs } from './dependency-state.ts';
import type { HostLink } from './host-link.ts';
import type { ReleaseRecord } from './releases.ts';
import { isUnderWay } from './rollouts.ts';
import { seenRows } from './seen-rows.ts';
import type { SeenRow } from './seen-rows.ts';
import type { SelfReports } from './self-reports.ts';
import type { StoredApp } from './store.ts';
import type { Measured, Usage } from './usage.ts';
import { isWatching } from './watched.ts';

/** Which apps (all when null), and whether with their specs. */
export interface AppsQuery {
  /** Ids of slots, as the targets selected them. */
  readonly ids: ReadonlySet<number> | null;
  readonly full: boolean;
  /** The hosts that do not answer. */
  readonly silent: readonly HostLink[];
  readonly selfReports: SelfReports;
}

type Measure = (processes: readonly Measured[]) => ReadonlyMap<number, Usage>;

/** The answer to GET /v1/apps. Apps by their lowest id, instances by slot. */
export function viewApps(context: DaemonContext, query: AppsQuery, measure: Measure): AppsReply {
  const apps = [...context.store.apps(), ...departing(context)];
  const seen = apps
    .map((app) => ({ app, rows: seenRows(context, app).filter(({ row }) => isMeant(app, row, query.ids)) }))
    .filter(({ rows }) => rows.length > 0);
  const usage = measure(
    seen.flatMap(({ rows }) => rows.flatMap(({ row, pid }) => (pid === null ? [] : [{ pid, startedAt: row.startedAt }]))),
  );
  return {
    apps: seen.map(({ app, rows }) => viewApp(context, { app, rows, usage }, query)),
    alerts: seen.flatMap(({ app, rows }) => alertsOf(context, app, { rows, silent: query.silent })),
  };
}

/** A slot that a rollout is adding is not in the list yet: it is shown with the whole app. */
function isMeant({ slots }: StoredApp, { slot, id }: InstanceRow, ids: AppsQuery['ids']): boolean {
  if (ids === null || ids.has(id)) return true;
  return !slots.some((one) => one.slot === slot) && slots.every((one) => ids.has(one.id));
}

function departing(context: DaemonContext): readonly StoredApp[] {
  return [...context.departing]
    .filter(([name]) => context.store.get(name) === null && context.registry.rows(name).length > 0)
    .map(([, app]) => app);
}

interface SeenApp {
  readonly app: StoredApp;
  readonly rows: readonly SeenRow[];
  readonly usage: ReadonlyMap<number, Usage>;
}

function viewApp(context: DaemonContext, { app, rows, usage }: SeenApp, { full, selfReports }: AppsQuery): AppView {
  const { spec } = app;
  return {
    name: spec.name,
    namespace: spec.namespace,
    mode: spec.mode,
    host: spec.host,
    uid: spec.user?.uid ?? null,
    nextRunAt: context.schedules.nextAt(spec.name),
    watch: app.watchPause !== null && spec.watch.isOn ? 'paused' : isWatching(app) ? 'on' : 'off',
    waiting: viewWaiting(context, app),
    releases: viewReleases(app),
    rollout: rolloutOf(context, app),
    instances: rows.map((seen) =>
      viewInstance(app, seen, {
        now: context.clock.epochMs(),
        usage: seen.pid === null ? undefined : usage.get(seen.pid),
        selfReport: selfReports(spec.name, seen.row.key),
      }),
    ),
    ...(full ? { spec } : {}),
  };
}

function viewWaiting(context: DaemonContext, { spec, waiting }: StoredApp): WaitingView | null {
  if (waiting === null) return null;
  const permission = mayStart(spec.dependsOn, (name) => dependencyState(context, name));
  return {
    for: permission.kind === 'wait' ? permission.for : [],
    sinceMs: Math.max(0, context.clock.epochMs() - waiting.since),
    limitMs: waitLimitMs(spec, waiting),
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
  { now, usage, selfReport }: { readonly now: number; readonly usage: Usage | undefined; readonly selfReport: SelfReport | null },
): InstanceView {
  const {
    app,
    slot,
    id,
    role,
    createdAt,
    askedAt = createdAt,
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
    askedAt,
    healthy: pid !== null && row.healthy,
    inRotation: status === 'unsupervised' ? null : row.inRotation,
    restarts,
    unstable,
    lastDelayMs,
    restartInMs: restartIn(row, status, now),
    cpu: usage?.cpu ?? 0,
    memory: usage?.memory ?? 0,
    tally,
    nodeVersion,
    release,
    readiness,
    liveness,
    outPath: outPath ?? instanceLogPath(spec.outFile, id, spec.mergeLogs),
    errorPath: errorPath ?? instanceLogPath(spec.errorFile, id, spec.mergeLogs),
    selfReport,
  };
}

/** The phase carries a moment of the host's own clock, which means nothing here: the delay is counted from the exit that caused it. */
function restartIn({ phase, tally, lastDelayMs }: InstanceRow, status: Status, now: number): Ms | null {
  const retryMs = status === 'errored' && phase.kind === 'errored' ? phase.retryMs : undefined;
  const delayMs = status === 'waiting restart' ? lastDelayMs : retryMs;
  const exitedAt = Math.max(...tally.map((one) => one.at), 0);
  return delayMs === undefined ? null : Math.max(0, exitedAt + delayMs - now);
}

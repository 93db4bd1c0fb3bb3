// The page of `describe`: an app's settings, then each instance with its last exits. The environment is never on it. Pure.
import type { AppSpec } from '../../model/app-spec.ts';
import { completeSpec } from '../../model/earlier-release.ts';
import { printExit } from '../../model/event.ts';
import type { Tally } from '../../model/instance.ts';
import { printDuration, printSize } from '../../model/units.ts';
import type { AppsReply, AppView, InstanceView } from '../../model/view.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Palette } from './colour.ts';
import { printProbeState, releaseFacts, renderRollout, rolloutSettings } from './describe-rollout.ts';
import { renderFacts } from './facts.ts';
import type { FactRow } from './facts.ts';
import { printWaiting, renderAlert } from './list.ts';
import { paintOfStatus, printStatus } from './status.ts';
import { selfReportFacts } from './self-report.ts';
import { count, printMoment } from './text.ts';
import { printUptime } from '../../model/uptime.ts';
import { printable } from './width.ts';

/** `nowMs` is the epoch moment of printing. */
export interface DescriptionStyle {
  readonly palette: Palette;
  readonly nowMs: number;
}

/** The whole page, with a newline at its end. */
export function renderDescription(reply: AppsReply, style: DescriptionStyle): string {
  const pages = reply.apps.map((app) => {
    const alerts = reply.alerts.filter((alert) => alert.app === app.name).map((alert) => renderAlert(alert, style.palette));
    const instances = [...app.instances].sort((a, b) => a.id - b.id).map((instance) => renderInstance(instance, style));
    const rollout = app.rollout === null ? [] : [renderRollout(app.name, app.rollout, style)];
    return [renderApp(app, style.palette), ...rollout, ...instances, ...(alerts.length === 0 ? [] : [alerts.join('')])].join('\n');
  });
  return pages.join('\n');
}

function renderApp(app: AppView, palette: Palette): string {
  return renderFacts(palette.bold(`App ${printable(app.name)}`), appFacts(app), palette);
}

/** What is known of an app as a whole; its settings where its spec is known. */
export function appFacts(app: AppView): FactRow[] {
  const head: FactRow[] = [
    ['namespace', app.namespace],
    ['mode', `${app.mode}, ${count(app.spec?.instances ?? app.instances.length, 'instance')}`],
    ['host', app.host],
    ['next run', app.nextRunAt === null ? null : printMoment(app.nextRunAt)],
    ['watch & reload', printWatch(app)],
    ['waits for', app.waiting === null ? null : printWaiting(app.waiting)],
    ...releaseFacts(app),
  ];
  return app.spec === undefined ? head : [...head, ...settingFacts(completeSpec(app.spec))];
}

function settingFacts(spec: AppSpec): FactRow[] {
  return [...programFacts(spec), ...policyFacts(spec), ...logFacts(spec)];
}

function programFacts(spec: AppSpec): FactRow[] {
  return [
    ['script', spec.script],
    ['args', words(spec.args)],
    ['cwd', spec.cwd],
    ['interpreter', spec.interpreter],
    ['node_args', words(spec.interpreterArgs)],
    ['instance_var', spec.instanceVar],
    ['increment_var', spec.incrementVar],
    ['source_map_support', String(spec.sourceMapSupport)],
  ];
}

/** The attributes in PM2's spelling, with what they are set to. */
function policyFacts(spec: AppSpec): FactRow[] {
  return [
    ['autostart', String(spec.autostart)],
    ['depends_on', spec.dependsOn.length === 0 ? null : spec.dependsOn.map(({ app, condition }) => `${app} (${condition})`).join(', ')],
    ['depends_timeout', spec.dependsOn.length === 0 ? null : printDuration(spec.dependsTimeoutMs)],
    ['autorestart', String(spec.autorestart)],
    ['max_restarts', String(spec.maxRestarts)],
    ['min_uptime', printDuration(spec.minUptimeMs)],
    ['restart_delay', printDuration(spec.restartDelayMs)],
    ['restart_window', printDuration(spec.restartWindowMs)],
    [
      'exp_backoff',
      spec.expBackoffMs === 0 ? 'off' : `${printDuration(spec.expBackoffMs)}, doubling up to ${printDuration(spec.expBackoffMaxMs)}`,
    ],
    ['stop_exit_codes', spec.stopExitCodes.length === 0 ? 'none' : spec.stopExitCodes.join(', ')],
    ['errored_retry', spec.erroredRetryMs === 0 ? 'off' : printDuration(spec.erroredRetryMs)],
    ['max_memory_restart', spec.maxMemoryBytes === null ? 'off' : printSize(spec.maxMemoryBytes)],
    ['cron_restart', spec.schedule === null ? null : [spec.schedule.pattern, spec.schedule.timeZone].filter(Boolean).join(', ')],
    ['kill_signal', spec.stopSignal],
    ['kill_timeout', printDuration(spec.killTimeoutMs)],
    ['treekill', String(spec.treekill)],
    ['shutdown_with_message', String(spec.shutdownWithMessage)],
    ['wait_ready', String(spec.waitReady)],
    ['listen_timeout', spec.listenTimeoutMs === null ? 'default' : printDuration(spec.listenTimeoutMs)],
    ...rolloutSettings(spec),
    ['drain', `idle connections ${printDuration(spec.drainIdleMs)}, open requests ${printDuration(spec.drainTimeoutMs)}`],
    ['balance', spec.mode === 'cluster' ? spec.balance : null],
    ['standby', spec.standby === 0 ? null : `${spec.standby} of the instances`],
    ['queue', spec.mode === 'cluster' ? `${spec.queueLimit} connections, ${printDuration(spec.queueTimeoutMs)}` : null],
  ];
}

/** `on: src, *.json (after 200 ms without a change)`; null where nothing is watched. */
function printWatch({ watch: state, spec }: AppView): string | null {
  if (spec === undefined || (!spec.watch.isOn && state === 'off')) return null;
  const { paths, ignore, extensions, delayMs } = spec.watch;
  const parts = [
    paths.length === 0 ? `all of ${spec.cwd}` : paths.join(', '),
    extensions === null ? null : `files in ${extensions.join(', ')}`,
    ignore.length === 0 ? null : `without ${ignore.map(({ text }) => text).join(', ')}`,
  ];
  return `${state}: ${parts.filter((part) => part !== null).join('; ')} (after ${printDuration(delayMs)} without a change)`;
}

function logFacts(spec: AppSpec): FactRow[] {
  return [
    ['merge_logs', String(spec.mergeLogs)],
    ['log_date_format', spec.logDateFormat],
  ];
}

function renderInstance(instance: InstanceView, { palette, nowMs }: DescriptionStyle): string {
  const status = paintOfStatus(instance, palette)(printStatus(instance, null));
  return renderFacts(
    `${palette.bold(`Instance ${printable(instance.app)}:${instance.slot}, id ${instance.id}:`)} ${status}`,
    instanceFacts(instance, nowMs),
    palette,
  );
}

/** What is known of an instance besides its status. `nowMs` is the epoch moment of printing. */
export function instanceFacts(instance: InstanceView, nowMs: number): FactRow[] {
  return [
    ['pid', instance.pid === null ? 'none' : String(instance.pid)],
    [
      'uptime',
      instance.startedAt === null || instance.uptimeMs === null
        ? 'none'
        : `${printUptime(instance.uptimeMs)} (since ${printMoment(instance.startedAt)})`,
    ],
    ['healthy', instance.pid === null ? null : instance.healthy ? 'yes, it has reached min_uptime' : 'not yet'],
    ['traffic', printTraffic(instance)],
    ['readiness', printProbeState(instance.readiness)],
    ['liveness', printProbeState(instance.liveness)],
    ['release', instance.release === 0 ? null : String(instance.release)],
    ['restarts', `${instance.restarts}, ${instance.unstable} unstable in a row`],
    ['next restart', instance.restartInMs === null ? null : `in ${printDuration(instance.restartInMs)}`],
    ['last delay', instance.lastDelayMs === 0 ? null : printDuration(instance.lastDelayMs)],
    ['cpu', instance.pid === null ? null : `${Number(instance.cpu.toFixed(1))}%`],
    ['memory', instance.pid === null ? null : printSize(instance.memory)],
    ['node', instance.nodeVersion],
    ['output', instance.outPath ?? 'not stored'],
    ['errors', instance.errorPath ?? 'not stored'],
    ['created', `${printMoment(instance.createdAt)} (${printUptime(nowMs - instance.createdAt)} ago)`],
    ...selfReportFacts(instance.selfReport),
    ['last exits', instance.tally.length === 0 ? 'none' : newestFirst(instance.tally).map(printTally)],
  ];
}

function printTraffic({ pid, inRotation, status }: InstanceView): string | null {
  if (pid === null || inRotation === null) return null;
  if (status === 'standby') return 'stands by: in rotation as soon as another one is not';
  return inRotation ? 'in rotation' : 'out of rotation';
}

function newestFirst(tally: readonly Tally[]): Tally[] {
  return [...tally].sort((a, b) => b.at - a.at);
}

/** `2026-11-22 19:30:00  exited with code [1] (pid 7; uncaught Error: boom), after 12 s`. */
function printTally({ at, exit, uptimeMs, pid }: Tally): string {
  if (exit.launchError !== null) return `${printMoment(at)}  cannot be started: ${exit.launchError}`;
  return `${printMoment(at)}  ${printExit(exit, pid)}, after ${printDuration(uptimeMs)}`;
}

/** Words as a shell would take them; null when there is none. */
function words(list: readonly string[]): string | null {
  return list.length === 0 ? null : list.map(shellWord).join(' ');
}

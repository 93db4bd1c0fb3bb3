// What `describe` says of an app that PM2 does not: how it is kept alive, replaced and watched, and its releases. Pure.
import type { AppSpec } from '../../model/app-spec.ts';
import { completeSpec } from '../../model/earlier-release.ts';
import { printDuration } from '../../model/units.ts';
import type { AppView } from '../../model/view.ts';
import { releaseFacts, rolloutSettings } from './describe-rollout.ts';
import type { FactRow } from './facts.ts';
import { printWaiting } from './list.ts';
import { printMoment } from './text.ts';

/** An app that was asked for with its spec. */
export type SpecifiedApp = AppView & { readonly spec: AppSpec };

export function isSpecified(app: AppView): app is SpecifiedApp {
  return app.spec !== undefined;
}

/** What it is about just now. */
export function appFacts(app: SpecifiedApp): FactRow[] {
  return [
    ['instances', String(app.spec.instances)],
    ['host', app.host],
    ['next run', app.nextRunAt === null ? null : printMoment(app.nextRunAt)],
    ['watched', printWatch(app)],
    ['waits for', app.waiting === null ? null : printWaiting(app.waiting)],
    ...releaseFacts(app),
  ];
}

/** The attributes in PM2's spelling, with what they are set to. */
export function settingFacts(app: SpecifiedApp): FactRow[] {
  const spec = completeSpec(app.spec);
  return [
    ['instance_var', spec.instanceVar],
    ['increment_var', spec.incrementVar],
    ['source_map_support', String(spec.sourceMapSupport)],
    ['autostart', String(spec.autostart)],
    ['depends_on', spec.dependsOn.length === 0 ? null : spec.dependsOn.map((on) => `${on.app} (${on.condition})`).join(', ')],
    ['depends_timeout', spec.dependsOn.length === 0 ? null : printDuration(spec.dependsTimeoutMs)],
    ['autorestart', String(spec.autorestart)],
    ['crash loop', printCrashLoop(spec)],
    ['restart_delay', printDuration(spec.restartDelayMs)],
    [
      'exp_backoff',
      spec.expBackoffMs === 0 ? 'off' : `${printDuration(spec.expBackoffMs)}, doubling up to ${printDuration(spec.expBackoffMaxMs)}`,
    ],
    ['stop_exit_codes', spec.stopExitCodes.length === 0 ? 'none' : spec.stopExitCodes.join(', ')],
    ['errored_retry', spec.erroredRetryMs === 0 ? 'off' : printDuration(spec.erroredRetryMs)],
    ['cron time zone', spec.schedule?.timeZone ?? null],
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
    ['merge_logs', String(spec.mergeLogs)],
    ['log_date_format', spec.logDateFormat],
  ];
}

/** Told in one row, whose label is none that scripts look for in PM2's: `max_restarts` and `min_uptime` would be. */
function printCrashLoop({ maxRestarts, minUptimeMs, restartWindowMs }: AppSpec): string {
  const inWindow = restartWindowMs === 0 ? '' : `, or ${maxRestarts} exits within ${printDuration(restartWindowMs)}`;
  return `${maxRestarts} runs in a row shorter than ${printDuration(minUptimeMs)}${inWindow}`;
}

/** `on: src, *.json (after 200 ms without a change)`; null where nothing is watched. */
function printWatch({ watch: state, spec }: SpecifiedApp): string | null {
  if (!spec.watch.isOn && state === 'off') return null;
  const { paths, ignore, extensions, delayMs } = spec.watch;
  const parts = [
    paths.length === 0 ? `all of ${spec.cwd}` : paths.join(', '),
    extensions === null ? null : `files in ${extensions.join(', ')}`,
    ignore.length === 0 ? null : `without ${ignore.map(({ text }) => text).join(', ')}`,
  ];
  return `${state}: ${parts.filter((part) => part !== null).join('; ')} (after ${printDuration(delayMs)} without a change)`;
}

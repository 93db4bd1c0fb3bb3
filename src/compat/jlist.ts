// PM2's machine-readable list, made from ours: its names, its shapes, nothing of ours besides. Pure.
import { createHash } from 'node:crypto';
import type { AppSpec } from '../model/app-spec.ts';
import { completeSpec } from '../model/earlier-release.ts';
import { TIME_FORMAT } from '../model/date-format.ts';
import { pm2Interpreter } from '../model/interpreter.ts';
import { pidFileOf } from '../model/pid-file.ts';
import { VERSION } from '../model/version.ts';
import type { AppsReply, InstanceView } from '../model/view.ts';
import { toPm2Status } from '../model/pm2-status.ts';
import type { Pm2Status } from '../model/pm2-status.ts';

/** How often PM2 looks whether a process has gone. We are told; the key is there for those who read it. */
const KILL_RETRY_MS = 100;

/** An entry of the list. */
export interface JlistEntry {
  readonly pid: number;
  readonly name: string;
  readonly pm2_env: Pm2Env;
  readonly pm_id: number;
  readonly monit: { readonly memory: number; readonly cpu: number };
}

/** A variable as it was written: a process gets it as text. */
export type Variable = string | number | boolean;

/** What other parts of this folder read of an entry; the list has more. */
export interface Pm2Env {
  readonly name: string;
  readonly namespace: string;
  readonly pm_id: number;
  readonly status: Pm2Status;
  readonly restart_time: number;
  readonly env: Readonly<Record<string, Variable>>;
  readonly [key: string]: unknown;
}

/** What the list says of its surroundings. */
export interface JlistSurroundings {
  /** Name of the user that runs the apps. */
  readonly username: string;
  /** Home directory of the manager. */
  readonly home: string;
  /** Number of a signal by its name (SIGKILL 9), as the operating system has it. */
  readonly signalNumber: (signal: string) => number | undefined;
  /** The version in the package.json that a script belongs to; null where there is none. */
  readonly versionOf: (script: string) => string | null;
}

/** One line of JSON without a newline at its end. The apps must carry their specs. */
export function printJlist(reply: AppsReply, surroundings: JlistSurroundings): string {
  return JSON.stringify(toJlist(reply, surroundings));
}

/**
 * The list, ordered by id. Keys that PM2 sets only where an option is set are there where it is not at its default. Each variable of `env` stands
 * a second time beside it, as in PM2; but one that is called like a key of the list (`name`, `status`) does not replace that.
 */
export function toJlist(reply: Pick<AppsReply, 'apps'>, surroundings: JlistSurroundings): JlistEntry[] {
  const entries = reply.apps.flatMap(({ spec, instances, watch }) =>
    spec === undefined ? [] : onePerId(instances).map((instance) => ({ spec: completeSpec(spec), instance, isWatched: watch === 'on' })),
  );
  entries.sort((a, b) => a.instance.id - b.instance.id);
  return entries.map(({ spec, instance, isWatched }) =>
    toProcess(isWatched ? spec : { ...spec, watch: { ...spec.watch, isOn: false } }, instance, surroundings),
  );
}

/** PM2 has one entry per id: while an instance is being replaced, the one that holds the slot. */
function onePerId(instances: readonly InstanceView[]): InstanceView[] {
  return instances.filter(
    (instance) => instance.role === 'current' || !instances.some((other) => other.id === instance.id && other.role === 'current'),
  );
}

function toProcess(spec: AppSpec, instance: InstanceView, surroundings: JlistSurroundings): JlistEntry {
  const env = typedVariables(spec);
  return {
    pid: instance.pid ?? 0,
    name: spec.name,
    pm2_env: {
      ...env,
      ...identity(spec, instance, surroundings),
      ...state(instance, surroundings),
      ...program(spec, instance),
      ...paths(spec, instance, surroundings),
      ...policy(spec),
      ...repeated(spec),
      axm_actions: instance.selfReport?.actions ?? [],
      axm_monitor: instance.selfReport?.metrics ?? {},
      axm_options: instance.selfReport?.options ?? {},
      axm_dynamic: {},
      env,
    },
    pm_id: instance.id,
    monit: { memory: instance.memory, cpu: Number(instance.cpu.toFixed(1)) },
  };
}

/** A number of a config file is one here, as long as nothing stands over it. */
function typedVariables({ env, envLayers, echo }: AppSpec): Readonly<Record<string, Variable>> {
  const written = (name: string): unknown => {
    const layer = envLayers.findLast(({ names }) => names.includes(name));
    if (layer?.source !== 'config' || layer.key === null) return undefined;
    const said = echo[layer.key];
    return typeof said === 'object' ? said[name] : said;
  };
  const typed = ([name, text]: [string, string]): [string, Variable] => {
    const value = written(name);
    return [name, (typeof value === 'number' || typeof value === 'boolean') && String(value) === text ? value : text];
  };
  return Object.fromEntries(Object.entries(env).map(typed));
}

/** What PM2 repeats of a config file; it has `env` anyway. */
function repeated({ echo }: AppSpec): object {
  const { env: _, ...said } = echo;
  return said;
}

function identity(
  spec: AppSpec,
  instance: InstanceView,
  { username, versionOf }: JlistSurroundings,
): Pick<Pm2Env, 'name' | 'namespace' | 'pm_id'> & Readonly<Record<string, unknown>> {
  return {
    name: spec.name,
    namespace: spec.namespace,
    pm_id: instance.id,
    unique_id: uniqueId(spec.name, instance),
    version: versionOf(spec.script) ?? 'N/A',
    username,
  };
}

/** The same for the life of an instance, another for every other. In the form of a UUID, as PM2's. */
function uniqueId(name: string, { slot, createdAt }: InstanceView): string {
  const digits = createHash('sha256')
    .update(JSON.stringify([name, slot, createdAt]))
    .digest('hex');
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}

function state(
  instance: InstanceView,
  surroundings: JlistSurroundings,
): Pick<Pm2Env, 'status' | 'restart_time'> & Readonly<Record<string, unknown>> {
  const exitCode = lastExitCode(instance, surroundings);
  return {
    status: toPm2Status(instance.status),
    pm_uptime: instance.startedAt ?? instance.createdAt,
    created_at: instance.askedAt ?? instance.createdAt,
    restart_time: instance.restarts,
    unstable_restarts: instance.unstable,
    ...(exitCode === null ? {} : { exit_code: exitCode }),
    ...(hasPreviousDelay(instance) ? { prev_restart_delay: instance.lastDelayMs } : {}),
    ...(instance.nodeVersion === null ? {} : { node_version: instance.nodeVersion.replace(/^v/, '') }),
    vizion_running: false,
  };
}

/** After a command PM2 says 0; without one only a delay that there was. */
function hasPreviousDelay({ lastDelayMs, createdAt, askedAt = createdAt }: InstanceView): boolean {
  return lastDelayMs !== 0 || askedAt !== createdAt;
}

/** The code of the last exit, or 128 and the signal's number as a shell has it (POSIX sh, 2.8.2); null where none is known. PM2 says 0 for a signal. */
function lastExitCode({ tally }: InstanceView, { signalNumber }: JlistSurroundings): number | null {
  const last = tally.reduce<InstanceView['tally'][number] | null>(
    (newest, entry) => (newest === null || entry.at >= newest.at ? entry : newest),
    null,
  );
  if (last === null) return null;
  const number = last.exit.signal === null ? undefined : signalNumber(last.exit.signal);
  return number === undefined ? last.exit.code : 128 + number;
}

function program(spec: AppSpec, instance: InstanceView): object {
  return {
    pm_exec_path: spec.script,
    pm_cwd: spec.cwd,
    args: spec.args,
    exec_interpreter: pm2Interpreter(spec.interpreter),
    node_args: spec.interpreterArgs,
    exec_mode: `${spec.mode}_mode`,
    ...(spec.mode === 'cluster' ? { _pm2_version: VERSION } : {}),
    instances: spec.instances,
    instance_var: spec.instanceVar,
    [spec.instanceVar]: instance.slot,
    ...raised(spec, instance),
    ...(spec.sourceMapSupport ? {} : { disable_source_map_support: true }),
  };
}

/** The variable that counts the instances, with its number in this one. */
function raised({ incrementVar, env }: AppSpec, { slot }: InstanceView): object {
  if (incrementVar === null) return {};
  const base = Number(env[incrementVar]);
  return { increment_var: incrementVar, ...(Number.isNaN(base) ? {} : { [incrementVar]: base + slot }) };
}

function paths(spec: AppSpec, instance: InstanceView, { home }: JlistSurroundings): object {
  return {
    pm_out_log_path: instance.outPath ?? '/dev/null',
    pm_err_log_path: instance.errorPath ?? '/dev/null',
    ...(spec.combinedFile === null ? {} : { pm_log_path: spec.combinedFile }),
    ...(spec.pidFile === null ? {} : { pm_pid_path: pidFileOf(spec.pidFile, instance.id) }),
    PM2_HOME: home,
  };
}

/** What an app has where nothing is said of it: then PM2 has no key. */
const DEFAULTS = { killTimeoutMs: 1600, maxRestarts: 16, minUptimeMs: 1000, watchDelayMs: 200 };

/** Whether it is watched now: false too for what is stopped. The other keys are there when they are set. */
function watching({ isOn, paths: named, ignore, delayMs, followsLinks, pollMs }: AppSpec['watch']): object {
  const options = { ...(followsLinks ? { followSymlinks: true } : {}), ...(pollMs === null ? {} : { usePolling: true, interval: pollMs }) };
  return {
    watch: isOn && (named.length === 0 || named),
    ...(Object.keys(options).length === 0 ? {} : { watch_options: options }),
    ...(ignore.length === 0 ? {} : { ignore_watch: ignore.map(({ text }) => text) }),
    ...(delayMs === DEFAULTS.watchDelayMs ? {} : { watch_delay: delayMs }),
  };
}

/** What is always there; the last six are PM2's own business and off. */
function policy(spec: AppSpec): object {
  return {
    autostart: spec.autostart,
    autorestart: spec.autorestart,
    treekill: spec.treekill,
    kill_retry_time: KILL_RETRY_MS,
    ...limits(spec),
    ...logs(spec),
    ...watching(spec.watch),
    filter_env: spec.filterEnv === false ? [] : spec.filterEnv,
    ...spec.user,
    windowsHide: true,
    vizion: false,
    pmx: false,
    automation: false,
    km_link: false,
  };
}

function limits(spec: AppSpec): object {
  return {
    ...(spec.killTimeoutMs === DEFAULTS.killTimeoutMs ? {} : { kill_timeout: spec.killTimeoutMs }),
    ...(spec.maxRestarts === DEFAULTS.maxRestarts ? {} : { max_restarts: spec.maxRestarts }),
    ...(spec.minUptimeMs === DEFAULTS.minUptimeMs ? {} : { min_uptime: spec.minUptimeMs }),
    ...(spec.waitReady ? { wait_ready: true } : {}),
    ...(spec.shutdownWithMessage ? { shutdown_with_message: true } : {}),
    ...(spec.restartDelayMs === 0 ? {} : { restart_delay: spec.restartDelayMs }),
    ...(spec.expBackoffMs === 0 ? {} : { exp_backoff_restart_delay: spec.expBackoffMs }),
    ...(spec.maxMemoryBytes === null ? {} : { max_memory_restart: spec.maxMemoryBytes }),
    ...(spec.schedule === null ? {} : { cron_restart: spec.schedule.pattern }),
    ...(spec.listenTimeoutMs === null ? {} : { listen_timeout: spec.listenTimeoutMs }),
    ...(spec.stopExitCodes.length === 0 ? {} : { stop_exit_codes: spec.stopExitCodes }),
  };
}

function logs(spec: AppSpec): object {
  return {
    ...(spec.mergeLogs ? { merge_logs: true } : {}),
    ...(spec.logDateFormat === null ? {} : { log_date_format: spec.logDateFormat }),
    ...(spec.logDateFormat === TIME_FORMAT ? { time: true } : {}),
    ...(spec.logJson ? { log_type: 'json' } : {}),
    ...(spec.outFile === null && spec.errorFile === null ? { disable_logs: true } : {}),
  };
}

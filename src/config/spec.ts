// Makes the app spec of one app: every default filled, every path absolute.
import { basename, join, resolve } from 'node:path';
import type { AppSpec } from '../model/app-spec.ts';
import { STATIC_SERVER_WORD } from '../model/static-site.ts';
import { checkReach, findAccount } from './account.ts';
import type { Account } from './account.ts';
import { settingOf } from './attributes.ts';
import type { AppAttributes } from './attributes.ts';
import { composeEnvironment, flattenLayers } from './environment.ts';
import type { Layer } from './environment.ts';
import { readEnvFiles } from './env-files.ts';
import { findFolder } from './folder.ts';
import { readHealth } from './health.ts';
import { expandHome } from './lookup.ts';
import { decideLogs } from './log-files.ts';
import { decideScale } from './mode.ts';
import type { TypeStripping } from './interpreter.ts';
import { findProgram } from './program.ts';
import type { Program } from './program.ts';
import type { Report } from './report.ts';
import { checkRollout } from './rollout-rules.ts';
import { checkRules } from './rules.ts';
import { readSchedule } from './schedule.ts';
import type { Settings } from './schema.ts';
import { checkStaticSite } from './static-server.ts';
import { decideWatch } from './watch.ts';

/** What the spec of every app of one command depends on. */
export interface SpecContext {
  readonly callerCwd: string;
  readonly callerEnv: Readonly<Record<string, string | undefined>>;
  /** The same before config files ran. */
  readonly callerEnvBefore: Readonly<Record<string, string | undefined>>;
  readonly callerUid: number;
  /** Null for a script named on the command line. */
  readonly configFolder: string | null;
  /** Absolute, or `standard input`; null likewise. */
  readonly configFile: string | null;
  readonly chosenEnv: string | null;
  /** Null: what has no path of its own is not written. */
  readonly logsFolder: string | null;
  /** Absolute folder of pid files that have no path of their own; null: such are not written. */
  readonly pidsFolder: string | null;
  /** For apps in fork mode that Node runs, before those of their own. */
  readonly nodeOptions: readonly string[];
  readonly nodePath: string;
  /** Of `nodePath`: `v22.3.0`. */
  readonly nodeVersion: string;
  readonly typeStripping: TypeStripping;
  readonly cpuCount: number;
  /** Absolute path of the program that the script `serve` means. */
  readonly staticServer: string;
  /** What the command itself sets, over all others. */
  readonly commandVariables: Readonly<Record<string, string>>;
}

/** The script's file name without its last extension: PM2's rule, also for shell lines. Empty when there is no script. */
export function nameOfScript(script: string): string {
  const file = basename(script.trim());
  const dot = file.lastIndexOf('.');
  return dot > 0 ? file.slice(0, dot) : file;
}

/** Builds a spec; null after reporting what is missing. */
export function buildSpec(
  name: string,
  attributes: AppAttributes,
  { context, report }: { readonly context: SpecContext; readonly report: Report },
): AppSpec | null {
  const { settings } = attributes;
  const { callerCwd, configFolder } = context;
  const cwd = findFolder(settings, { callerCwd, configFolder, env: context.callerEnv }, report);
  const account = findAccount(settings, context.callerUid, report);
  const layers = [...composeLayers(attributes, { cwd, account, context }, report), ...commandLayer(context)];
  const { env } = flattenLayers(layers);
  if (cwd === null) return null;
  const otherFolder = context.configFolder ?? context.callerCwd;
  const program = findProgram(settings, { ...context, cwd, otherFolder, env }, report);
  if (program === null) return null;
  const scale = decideScale(settings, program, { cpuCount: context.cpuCount, report });
  checkRules(attributes, program, env, report);
  if (program.script === context.staticServer) checkStaticSite(env, cwd, report);
  if (account !== null) checkReach(account, { cwd, script: program.script, interpreter: program.interpreter }, report);
  const spec: AppSpec = {
    name,
    namespace: settingOf(settings, 'namespace'),
    script: program.script,
    args: [...program.args],
    cwd,
    interpreter: program.interpreter,
    interpreterArgs: [...(program.runsNode && scale.mode === 'fork' ? context.nodeOptions : []), ...program.interpreterArgs],
    ...scale,
    ...flattenLayers([...unbuffered(program), ...layers]),
    filterEnv: printFilter(settings.filter_env),
    user: account === null ? null : { uid: account.uid, gid: account.gid },
    instanceVar: settingOf(settings, 'instance_var'),
    incrementVar: settings.increment_var ?? null,
    sourceMapSupport: settings.source_map_support ?? !settingOf(settings, 'disable_source_map_support'),
    host: settings.host ?? (scale.mode === 'cluster' ? name : 'shared'),
    ...policiesOf(settings),
    schedule: readSchedule(settings, report),
    watch: decideWatch(settings, { cwd, env }, report),
    ...readHealth(settings.health, report),
    echo: attributes.echo,
    pidFile: pidFile(settings, { cwd, name, context }),
    ...decideLogs(settings, { name, cwd, mode: scale.mode, env, logsFolder: context.logsFolder }, report),
  };
  checkRollout(spec, report);
  return spec;
}

function composeLayers(
  attributes: AppAttributes,
  { cwd, account, context }: { readonly cwd: string | null; readonly account: Account | null; readonly context: SpecContext },
  report: Report,
): readonly Layer[] {
  const places = { cwd, configFolder: context.configFolder, home: context.callerEnv };
  return composeEnvironment(
    {
      caller: context.callerEnv,
      callerBefore: context.callerEnvBefore,
      attributes,
      chosen: context.chosenEnv,
      account,
      files: readEnvFiles(attributes.settings.env_file ?? [], places, report),
      configFile: context.configFile,
    },
    report,
  );
}

/** Nothing stands over what the command itself says. */
function commandLayer({ commandVariables }: SpecContext): readonly Layer[] {
  return [{ source: 'manager', file: null, key: STATIC_SERVER_WORD, variables: commandVariables }];
}

/** Python holds its output back in a pipe unless told otherwise (python(1), PYTHONUNBUFFERED). */
function unbuffered({ interpreter, script }: Program): readonly Layer[] {
  const runner = basename(interpreter === 'none' ? script : interpreter);
  const variables = { PYTHONUNBUFFERED: '1' };
  return /^python[\d.]*$/.test(runner) ? [{ source: 'manager', file: null, key: basename(runner), variables }] : [];
}

function pidFile(
  { pid_file: named }: Settings,
  { cwd, name, context }: { readonly cwd: string; readonly name: string; readonly context: SpecContext },
): string | null {
  if (named !== undefined) return named === null ? null : resolve(cwd, expandHome(named.trim(), context.callerEnv));
  return context.pidsFolder === null ? null : join(context.pidsFolder, `${name.replaceAll('/', '-')}.pid`);
}

function printFilter(filter: Settings['filter_env']): AppSpec['filterEnv'] {
  return typeof filter === 'object' ? [...filter] : (filter ?? false);
}

/** Everything of a spec that is about when an app is restarted, stopped and replaced. */
export function policiesOf(
  settings: Settings,
): ReturnType<typeof restartPolicy> & ReturnType<typeof stopPolicy> & ReturnType<typeof rolloutPolicy> {
  return { ...restartPolicy(settings), ...stopPolicy(settings), ...rolloutPolicy(settings) };
}

function restartPolicy(
  settings: Settings,
): Pick<
  AppSpec,
  | 'autostart'
  | 'dependsOn'
  | 'dependsTimeoutMs'
  | 'autorestart'
  | 'maxRestarts'
  | 'minUptimeMs'
  | 'restartDelayMs'
  | 'restartWindowMs'
  | 'expBackoffMs'
  | 'expBackoffMaxMs'
  | 'stopExitCodes'
  | 'erroredRetryMs'
  | 'maxMemoryBytes'
> {
  return {
    autostart: settingOf(settings, 'autostart'),
    dependsOn: [...(settings.depends_on ?? [])],
    dependsTimeoutMs: settingOf(settings, 'depends_timeout'),
    autorestart: settingOf(settings, 'autorestart'),
    maxRestarts: settingOf(settings, 'max_restarts'),
    minUptimeMs: settingOf(settings, 'min_uptime'),
    restartDelayMs: settingOf(settings, 'restart_delay'),
    restartWindowMs: settingOf(settings, 'restart_window'),
    expBackoffMs: settingOf(settings, 'exp_backoff_restart_delay'),
    expBackoffMaxMs: settingOf(settings, 'exp_backoff_max'),
    stopExitCodes: [...(settings.stop_exit_codes ?? [])],
    erroredRetryMs: settingOf(settings, 'errored_retry'),
    maxMemoryBytes: settingOf(settings, 'max_memory_restart'),
  };
}

function stopPolicy(
  settings: Settings,
): Pick<
  AppSpec,
  | 'stopSignal'
  | 'killTimeoutMs'
  | 'treekill'
  | 'shutdownWithMessage'
  | 'waitReady'
  | 'listenTimeoutMs'
  | 'drainIdleMs'
  | 'drainTimeoutMs'
  | 'queueLimit'
  | 'queueTimeoutMs'
  | 'balance'
> {
  return {
    stopSignal: settingOf(settings, 'kill_signal'),
    killTimeoutMs: settingOf(settings, 'kill_timeout'),
    treekill: settingOf(settings, 'treekill'),
    shutdownWithMessage: settingOf(settings, 'shutdown_with_message'),
    waitReady: settingOf(settings, 'wait_ready'),
    listenTimeoutMs: settings.listen_timeout ?? null,
    drainIdleMs: settingOf(settings, 'drain_idle'),
    drainTimeoutMs: settingOf(settings, 'drain_timeout'),
    queueLimit: settingOf(settings, 'queue_limit'),
    queueTimeoutMs: settingOf(settings, 'queue_timeout'),
    balance: settingOf(settings, 'balance'),
  };
}

function rolloutPolicy(
  settings: Settings,
): Pick<AppSpec, 'onListenTimeout' | 'rolloutTimeoutMs' | 'bakeTimeMs' | 'surge' | 'maxLoopBlockMs'> {
  const maxLoopBlockMs = settingOf(settings, 'max_loop_block');
  return {
    onListenTimeout: settingOf(settings, 'reload_on_timeout'),
    rolloutTimeoutMs: settingOf(settings, 'rollout_timeout'),
    bakeTimeMs: settingOf(settings, 'bake_time'),
    surge: settingOf(settings, 'surge'),
    maxLoopBlockMs: maxLoopBlockMs === 0 ? null : maxLoopBlockMs,
  };
}

// What PM2 has saved (dump.pm2: a list of its pm2_env objects) as apps of a config file, with PM2's own keys left out. It reads no file and runs nothing.
import { STATIC_SERVER_WORD } from '../model/static-site.ts';

/** One app of a dump. */
export interface Pm2App {
  readonly name: string;
  /** As in a config file, so that it is checked like one. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What the app said of inheriting; the variables of a dump are whole without it. */
  readonly filterEnv: unknown;
  /** Of each instance. */
  readonly goals: readonly ('up' | 'down')[];
}

/** The apps in their order, and what was passed over. */
export interface Pm2Dump {
  readonly apps: readonly Pm2App[];
  readonly leftOut: readonly string[];
  readonly warnings: readonly string[];
}

type Entry = Readonly<Record<string, unknown>>;

/** Attributes that have the same name and meaning in both. */
const SAME = [
  ...['namespace', 'args', 'node_args', 'instance_var', 'increment_var', 'uid', 'gid', 'source_map_support', 'disable_source_map_support'],
  ...['autorestart', 'max_restarts', 'min_uptime', 'restart_delay', 'exp_backoff_restart_delay', 'stop_exit_codes', 'max_memory_restart'],
  ...['cron_restart', 'kill_timeout', 'treekill', 'shutdown_with_message', 'wait_ready', 'listen_timeout'],
  ...['disable_logs', 'log_type', 'log_date_format', 'watch', 'ignore_watch', 'watch_options', 'watch_delay'],
];

/** Variables that PM2 and Node put in, not the user. */
const NOT_THE_APPS = new Set([
  ...['PM2_HOME', 'PM2_USAGE', 'PM2_PROGRAMMATIC', 'PM2_JSON_PROCESSING', 'PM2_INTERACTOR_PROCESSING', 'PM2_DISCRETE_MODE'],
  ...['pm2_env', 'pm_id', 'unique_id', 'NODE_APP_INSTANCE', 'NODE_UNIQUE_ID', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'],
  ...['pm_exec_path', 'pm_cwd', 'pm_out_log_path', 'pm_err_log_path', 'pm_log_path', 'pm_pid_path', 'pm_uptime'],
  ...['axm_actions', 'axm_monitor', 'axm_options', 'axm_dynamic', 'km_link', 'vizion_running'],
]);

/** Entries of one name are instances of one app where they run the same; where they do not, the later one gets a name of its own. */
export function readPm2Dump(entries: readonly unknown[]): Pm2Dump {
  const groups = new Map<string, Entry[]>();
  const leftOut: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const problem = problemOf(entry);
    if (problem !== null) leftOut.push(`number ${index + 1} of the list: ${problem}`);
    else {
      const key = JSON.stringify(programOf(entry as Entry));
      groups.set(key, [...(groups.get(key) ?? []), entry as Entry]);
    }
  }
  const taken = new Set([...groups.values()].map(([first]) => String(first!['name'])));
  const seen = new Set<string>();
  const warnings: string[] = [];
  const apps = [...groups.values()].map((instances): Pm2App => {
    const own = String(instances[0]!['name']);
    const name = seen.has(own) ? freeName(own, taken) : own;
    seen.add(own);
    taken.add(name);
    if (name !== own)
      warnings.push(`${own} runs two programs under one name in PM2; ${String(instances[0]!['pm_exec_path'])} is ${name} here.`);
    return appOf(
      name,
      [...instances].sort((a, b) => numberOf(a) - numberOf(b)),
    );
  });
  return { apps, leftOut, warnings };
}

function problemOf(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'it is no object';
  const { name, pm_exec_path: script, pm_cwd: cwd } = entry as Entry;
  if ((typeof name !== 'string' && typeof name !== 'number') || name === '') return 'it has no name';
  if (typeof script !== 'string' || script === '') return `${name} has no pm_exec_path`;
  if (typeof cwd !== 'string' || !cwd.startsWith('/')) return `${name} has no pm_cwd`;
  return (entry as Entry)['pmx_module'] === true ? `${name} is a module of PM2` : null;
}

function programOf({ name, pm_exec_path, pm_cwd, args, exec_interpreter }: Entry): readonly unknown[] {
  return [String(name), pm_exec_path, pm_cwd, args, exec_interpreter];
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}

/** PM2 counts the instances of an app in this variable, from 0. */
function numberOf(entry: Entry): number {
  const number = Number(entry[typeof entry['instance_var'] === 'string' ? entry['instance_var'] : 'NODE_APP_INSTANCE']);
  return Number.isInteger(number) ? number : 0;
}

/** The program of `pm2 serve`: it will be gone with PM2. */
function isStaticServer(script: unknown): boolean {
  return /\/pm2\/lib\/API\/Serve\.js$/.test(String(script));
}

function appOf(name: string, instances: readonly Entry[]): Pm2App {
  const first = instances[0]!;
  const mergesLogs = first['merge_logs'] === true;
  const unnumbered = (key: string): string | undefined => withoutId(first, key, mergesLogs);
  return {
    name,
    attributes: {
      ...Object.fromEntries(SAME.map((key) => [key, first[key]])),
      name,
      script: isStaticServer(first['pm_exec_path']) ? STATIC_SERVER_WORD : first['pm_exec_path'],
      cwd: first['pm_cwd'],
      interpreter: first['exec_interpreter'],
      exec_mode: String(first['exec_mode']).startsWith('cluster') ? 'cluster' : 'fork',
      instances: instances.length,
      env: variablesOf(first),
      filter_env: true,
      merge_logs: mergesLogs,
      out_file: unnumbered('pm_out_log_path'),
      error_file: unnumbered('pm_err_log_path'),
      log_file: unnumbered('pm_log_path'),
      pid_file: ownPidFile(first),
    },
    filterEnv: first['filter_env'],
    goals: instances.map(({ status }) => (status === 'stopped' || status === 'stopping' ? 'down' : 'up')),
  };
}

function variablesOf(entry: Entry): Record<string, unknown> {
  const { env, name, instance_var: counter } = entry;
  if (typeof env !== 'object' || env === null) return {};
  const isModuleSettings = (key: string, value: unknown): boolean => key === name && typeof value === 'string' && value.startsWith('{');
  return Object.fromEntries(
    Object.entries(env).filter(([key, value]) => !NOT_THE_APPS.has(key) && key !== counter && !isModuleSettings(key, value)),
  );
}

/** PM2 stores the path with the instance's id in it; ours is put in anew. The id itself stands in no key but the path of the pid file. */
function withoutId(entry: Entry, key: string, isShared: boolean): string | undefined {
  const path = entry[key];
  if (typeof path !== 'string') return undefined;
  const id = /-(\d+)\.pid$/.exec(String(entry['pm_pid_path']))?.[1];
  return isShared || id === undefined ? path : path.replace(new RegExp(`-${id}(\\.[^./]*)?$`), '$1');
}

/** A pid file that was asked for. Those in PM2's own folder were not. */
function ownPidFile(entry: Entry): string | undefined {
  const path = withoutId(entry, 'pm_pid_path', false);
  const home = (entry['env'] as Entry | undefined)?.['PM2_HOME'];
  return path === undefined || /\/\.pm2\/pids\//.test(path) || (typeof home === 'string' && path.startsWith(`${home}/pids/`))
    ? undefined
    : path;
}

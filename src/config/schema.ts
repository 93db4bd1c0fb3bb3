// The attributes of an app, the one table of them: parsing, did-you-mean and the reference page come from it. It parses nothing.
import type { AppSpec, BalancePolicy } from '../model/app-spec.ts';
import type { StopSignal } from '../model/stop-signal.ts';
import { IDLE_ATTRIBUTES } from './without-effect.ts';

/** What a value of each kind becomes once it is read. */
export interface KindValues {
  /** A string; numbers are taken as their digits. */
  text: string;
  /** A list of words, or one string split like a shell does. */
  words: readonly string[];
  /** true or false, also as strings. */
  flag: boolean;
  /** Milliseconds. */
  duration: number;
  /** Milliseconds; `false` and `0` switch it off. */
  pause: number;
  /** Bytes; null for no limit (`0` or `false`). */
  size: number | null;
  /** A whole number from 0. */
  count: number;
  port: number;
  /** What was asked for, before the number of cores is known. */
  instances: number | 'max';
  mode: 'fork' | 'cluster';
  /** null for "store nothing". */
  file: string | null;
  /** true for the usual name, null for none. */
  extraFile: string | true | null;
  /** null for no prefix (`false`). */
  format: string | null;
  /** A string; null where it is switched off (`false`, `0`). */
  switchedText: string | null;
  logType: 'json' | 'raw';
  /** How many to keep; null for all. */
  keep: number | null;
  /** Milliseconds; null for never. */
  period: number | null;
  codes: readonly number[];
  /** Variables as the process gets them. */
  variables: Readonly<Record<string, string>>;
  /** Paths. */
  files: readonly string[];
  /** What is not inherited: everything, the variable of that name, or those with one of these in their name. */
  filter: boolean | string | readonly string[];
  /** A user or group, by name or number. */
  account: string;
  /** How many more than needed may exist at a time in a rollout. */
  surge: 'one' | 'all';
  /** Which instance gets a connection. */
  policy: BalancePolicy;
  /** How an app is asked to end. */
  signal: StopSignal;
  /** What passing a time limit means. */
  verdict: 'fail' | 'accept';
  /** Apps that come first. */
  dependencies: readonly AppSpec['dependsOn'][number][];
  /** Files, folders and globs; empty for the whole folder, null for none. */
  watch: readonly string[] | null;
  patterns: AppSpec['watch']['ignore'];
  /** An object, read further by who knows it. */
  section: Readonly<Record<string, unknown>>;
}

export type Kind = keyof KindValues;

/** One attribute. */
export interface Attribute {
  readonly kind: Kind;
  /** Other spellings PM2 knows. The camelCase form of every name with an underscore is understood besides. */
  readonly aliases: readonly string[];
  /** The default as the reference page says it. */
  readonly standard: string;
  readonly origin: 'pm2' | 'holdfast';
  readonly doc: string;
}

const pm2 = <K extends Kind>(kind: K, standard: string, doc: string, ...aliases: string[]): Attribute & { readonly kind: K } => ({
  kind,
  aliases,
  standard,
  origin: 'pm2',
  doc,
});
const ours = <K extends Kind>(kind: K, standard: string, doc: string): Attribute & { readonly kind: K } => ({
  kind,
  aliases: [],
  standard,
  origin: 'holdfast',
  doc,
});

/** Ours, with other names that people know it by: those of pm2-logrotate and of other process managers. */
const known = <K extends Kind>(kind: K, standard: string, doc: string, ...aliases: string[]): Attribute & { readonly kind: K } => ({
  ...ours(kind, standard, doc),
  aliases,
});

/** Every attribute that has an effect. To add one: a line here, its use in spec.ts, and for a command line option a line in flags.ts. */
export const ATTRIBUTES = {
  script: pm2(
    'text',
    'required',
    'What to run: a path, a command in PATH, or a shell line (with spaces, run by `bash -c`).',
    'exec',
    'cmd',
    'command',
  ),
  name: pm2('text', "the script's file name without its extension", 'Name of the app; unique.'),
  name_prefix: pm2('text', 'none', 'Put before the name, with a colon between them.'),
  append_env_to_name: pm2('flag', 'false', 'With `--env production` the name becomes `NAME-production`.'),
  namespace: pm2('text', 'default', 'Group of apps, usable as a target.'),
  cwd: pm2(
    'text',
    "the caller's folder",
    'Folder it runs in. Relative to the caller; where only the folder of the config file has it, that one.',
  ),
  args: pm2(
    'words',
    'none',
    'Arguments of the script. A string is split like a shell does; a quote inside a word belongs to it (`{"a":1}`).',
  ),
  interpreter: pm2(
    'text',
    'by extension and content',
    'Program that runs the script: `node`, `python3`, `bun`, a path, `node@22` (the newest 22 of nvm, fnm, volta, asdf, mise, nodenv or n), or `none` to execute the script itself.',
    'exec_interpreter',
  ),
  node_args: pm2('words', 'none', 'Options for the interpreter, before the script.', 'interpreter_args'),
  exec_mode: pm2(
    'mode',
    '`fork`; `cluster` where `instances` is given and Node runs the script',
    '`cluster`: Holdfast shares the listening sockets of the app among its instances. `fork`: independent processes.',
  ),
  execute_command: pm2('flag', 'false', 'Fork mode, whatever `exec_mode` and `instances` say.'),
  instances: pm2('instances', '1', 'How many. `max` or `0`: all cores; `-1`: all but one; at least 1.'),
  env: pm2(
    'variables',
    'none',
    "Variables, over the caller's environment. Objects become JSON; undefined and null leave the caller's value.",
  ),
  env_file: ours(
    'files',
    'none',
    "Files of variables (dotenv), over the caller's environment and under `env`; of several the later one counts. Relative to `cwd`, else to the config file. One that is missing is an error.",
  ),
  filter_env: pm2(
    'filter',
    'false',
    "What is not inherited of the caller's environment. `true`: nothing, not even PATH. A string: that variable. A list: those with one of its items in their name.",
  ),
  port: pm2('port', 'none', 'Becomes the variable PORT.'),
  io: pm2('section', 'none', 'Becomes the variable `io`, which `@pm2/io` reads.'),
  uid: pm2(
    'account',
    'the user of the manager',
    'User it runs as, by name or number: needs root. With the group of that user where no `gid` is given, without supplementary groups, and with HOME, USER and LOGNAME of that user.',
    'user',
  ),
  gid: pm2('account', 'the group of `uid`', 'Group it runs in, by name or number: needs root.'),
  instance_var: pm2('text', 'NODE_APP_INSTANCE', 'Variable that carries the number of the instance, from 0.'),
  increment_var: pm2('text', 'none', "Variable whose number is raised by the instance's."),
  source_map_support: pm2('flag', 'true', 'Stack traces in the language of the source.'),
  disable_source_map_support: pm2('flag', 'false', 'The opposite of `source_map_support`.'),

  autostart: pm2('flag', 'true', '`false` registers the app without starting it.'),
  depends_on: ours(
    'dependencies',
    'none',
    "Apps of the same file that come first: `['db']`, or `{ db: 'ready', migrate: 'exited-ok' }` with `ready` (for traffic), `started`, `healthy` (for `min_uptime`, no probe failing) or `exited-ok` (ended with code 0). Stopped in reverse.",
  ),
  depends_timeout: ours('duration', '10 min', 'Longest wait for `depends_on`; when it has passed the app is not started.'),
  autorestart: pm2('flag', 'true', '`false` leaves it stopped when it exits.'),
  max_restarts: pm2(
    'count',
    '16',
    'It counts as errored after so many unstable runs in a row, or so many unexpected exits within `restart_window`. `0`: at the first.',
  ),
  min_uptime: pm2('duration', '1 s', 'A shorter run is unstable; reaching it resets the count and the backoff.'),
  restart_delay: pm2('pause', '0', 'Wait before an automatic restart. The longer of this and the backoff counts.'),
  exp_backoff_restart_delay: pm2('pause', 'off', 'First delay of a doubling backoff.'),
  stop_exit_codes: pm2('codes', 'none', 'Exit codes after which it stays stopped.'),
  max_memory_restart: pm2('size', 'off', 'An instance whose process tree stays above this is replaced gracefully.'),
  cron_restart: pm2(
    'switchedText',
    'off',
    'Cron pattern, five fields or six with seconds first: when it is restarted (reloaded in cluster mode). With `autorestart: false` it is a job: started then, and never twice at a time.',
    'cron',
  ),
  cron_timezone: ours('text', "the machine's", 'Time zone of `cron_restart`, such as `Europe/Berlin`.'),
  watch: pm2(
    'watch',
    'false',
    "Restart it when a file changes; in cluster mode reload it. `true`: any in `cwd`; else files, folders or globs. Never `node_modules`, names that begin with a dot (unless they are named), its own log and pid files, or the manager's home.",
  ),
  ignore_watch: pm2(
    'patterns',
    'none',
    'What else is not watched: names (`logs`, `*.log`) wherever they are, paths and globs (`data/cache`, `plugins/**/out`), regular expressions (`themes/.*`, or `/\\.tmp$/` in JavaScript).',
  ),
  watch_delay: pm2('duration', '200 ms', 'So long nothing more may change before it is restarted.'),
  watch_options: pm2(
    'section',
    'none',
    '`usePolling` (look at the files every `interval`, 100 ms: for network disks), `followSymlinks` (false), `ignored` (as `ignore_watch`).',
  ),
  watch_extensions: ours('words', 'all', 'Only files with these extensions, such as `js,mjs,json`.'),
  restart_window: ours('duration', '60 s', 'Rolling window in which `max_restarts` exits mean errored.'),
  exp_backoff_max: ours('duration', '15 s', 'Longest delay of the backoff.'),
  errored_retry: ours('pause', 'off', 'Try an errored instance again after this time.'),

  kill_signal: known(
    'signal',
    'SIGINT',
    'The stop signal: `SIGTERM`, `SIGQUIT` and the like; `TERM` and `15` mean the same.',
    'stop_signal',
  ),
  kill_timeout: pm2('duration', '1.6 s', 'Time from the stop signal to SIGKILL.'),
  treekill: pm2('flag', 'true', 'Signals go to all descendants too.'),
  shutdown_with_message: pm2('flag', 'false', "Send the message 'shutdown' instead of a signal; the app must listen for it."),
  wait_ready: pm2('flag', 'false', "Ready only after `process.send('ready')`."),
  listen_timeout: pm2('duration', '3 s at a start, 30 s in a rollout', 'How long to wait until it is ready.'),
  drain_idle: ours('duration', '1 s', 'Patience with idle connections of an instance that leaves.'),
  drain_timeout: ours('duration', '10 s', 'Longest time for open requests of an instance that leaves; `kill_timeout` counts afterwards.'),
  queue_limit: ours('count', '1024', 'Connections that may wait while no instance can take them.'),
  queue_timeout: ours('duration', '30 s', 'How long such a connection waits.'),
  balance: ours(
    'policy',
    'round-robin',
    'Which instance gets a connection: `round-robin`, `least-connections` (a slow one gets fewer), `ip-hash` (a client comes to the same instance again, by its address), or `kernel` (instances accept from the shared socket themselves: fastest, uneven). Cluster mode.',
  ),
  standby: ours(
    'count',
    '0',
    'So many instances more, started and ready but without traffic: one takes the place of another the moment that dies. Cluster mode.',
  ),
  rollout_timeout: ours('duration', '10 min', 'Longest time of a reload; what passes it fails, and the old version goes on.'),
  bake_time: ours(
    'duration',
    '0',
    'How long new instances live beside the old ones, out of rotation, before they take over. One that ends meanwhile fails the reload.',
  ),
  surge: ours(
    'surge',
    'one',
    '`one` (or 1): in a reload one instance more than usual at a time. `all`: a whole new set beside the old one, which needs its memory twice.',
  ),
  reload_on_timeout: ours(
    'verdict',
    'fail',
    "What passing `listen_timeout` means in a reload: `fail`, or `accept` to take the instance as ready, PM2's way.",
  ),
  max_loop_block: ours(
    'pause',
    'off',
    'An instance whose event loop is blocked for longer is killed and launched again; 30 s is a good value. Needs Node.',
  ),
  health: ours('section', 'none', '`{ readiness, liveness }`, a probe each: see below.'),
  host: ours(
    'text',
    "a cluster app: the app's name; a fork app: `shared`",
    'Name of the host process that supervises the app, shared with other apps of that host.',
  ),

  out_file: pm2(
    'file',
    '`<home>/logs/<name>-out.log`',
    "File for standard output; the instance's id is put before `.log` unless logs are merged. `/dev/null` or `NULL` stores nothing. Relative to `cwd`.",
    'out',
    'output',
    'out_log',
  ),
  error_file: pm2('file', '`<home>/logs/<name>-error.log`', 'The same for standard error.', 'error', 'err', 'err_file', 'err_log'),
  log_file: pm2('extraFile', 'none', 'File for both streams, besides; `true` for `<home>/logs/<name>.log`.', 'log'),
  pid_file: pm2('file', 'none', "File with the process id, with the instance's id before `.pid`. Relative to `cwd`.", 'pid'),
  merge_logs: pm2('flag', 'true for a fork app without `instances`', 'One file for all instances.', 'combine_logs'),
  disable_logs: pm2('flag', 'false', 'Stores nothing. `holdfast logs` still shows what comes, from memory.'),
  log_type: pm2(
    'logType',
    'raw',
    '`json`: an object for each line, `{ message, timestamp, type, process_id, app_name }`. `raw`: the bytes as they come.',
  ),
  log_date_format: pm2('format', 'none', 'Time before each line, in tokens such as `YYYY-MM-DD HH:mm:ss.SSS Z`; `false` for none.'),
  time: pm2('flag', 'false', 'The same as `log_date_format: YYYY-MM-DDTHH:mm:ss`; a `log_date_format` beside it wins.'),
  log_max_size: known('size', '50M', 'A log file is put aside before it passes this size; `0` for never.', 'max_size'),
  log_rotate_every: known(
    'period',
    'off',
    'It is put aside after each such period, too: `1h`, `1d` (at midnight), or one of the crontab lines that mean as much. At the first line after it.',
    'rotate_interval',
  ),
  log_max_files: known('keep', '5', 'How many of those put aside are kept of each log file; `all` for all.', 'retain'),
  log_max_age: known('pause', 'off', 'Those put aside longer ago are removed at the next rotation.'),
  log_compress: known('flag', 'true', 'They are compressed with gzip.', 'compress'),
  log_total_max: known('size', '1G', 'What all log files of the app may take together; the oldest put aside go first. `0` for no limit.'),
} as const;

export type AttributeName = keyof typeof ATTRIBUTES;

/** What the attributes of one app say, each read as its kind; absent where nothing was said. */
export type Settings = { readonly [K in AttributeName]?: KindValues[(typeof ATTRIBUTES)[K]['kind']] };

/** `max_memory_restart` as `maxMemoryRestart`. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const CANONICAL = indexSpellings();

/** The attribute (in effect, or never) that a spelling means: the name itself, an alias, or the camelCase of either. */
export function findAttribute(spelling: string): string | undefined {
  return CANONICAL.get(spelling);
}

/** Every attribute name that has an effect, in the order of the table. */
export function attributeNames(): readonly AttributeName[] {
  return Object.keys(ATTRIBUTES) as AttributeName[];
}

/** Whether a canonical name has an effect. */
export function isAttribute(name: string): name is AttributeName {
  return Object.hasOwn(ATTRIBUTES, name);
}

function indexSpellings(): ReadonlyMap<string, string> {
  const spellings = new Map<string, string>();
  for (const [name, { aliases }] of [
    ...Object.entries<Pick<Attribute, 'aliases'>>(ATTRIBUTES),
    ...Object.keys(IDLE_ATTRIBUTES).map((idle) => [idle, { aliases: [] }] as const),
  ]) {
    for (const spelling of [name, ...aliases]) {
      spellings.set(spelling, name);
      spellings.set(camelCase(spelling), name);
    }
  }
  return spellings;
}

// The command line options that describe an app, as a table: the option parser, the help and the config stage read it. It parses nothing.

/** One option. `takes: 'value'` needs a value, `'nothing'` is a switch, `'values'` may be repeated and each may be a list such as `0,143`; so may `'maybes'`, each with a value or without. */
export interface StartFlag {
  /** Long spelling without the dashes; for a negative option including its `no-`. */
  readonly name: string;
  /** Other long spellings, not shown in the help. */
  readonly aliases: readonly string[];
  /** One letter, or null. */
  readonly short: string | null;
  readonly takes: 'value' | 'values' | 'maybes' | 'nothing';
  /** How the value is called in the help, or null for a switch. */
  readonly placeholder: string | null;
  /** The attribute it sets, or null for an option that selects (`--only`, `--env`). */
  readonly attribute: string | null;
  /** What a switch sets its attribute to. */
  readonly sets: boolean;
  /** How a value is read before it is taken as one of the attribute, as PM2 does: a bare number as seconds, or several words as several values. */
  readonly means?: 'seconds' | 'words';
  /** Whether it counts when the target is a config file; others are refused there with a warning, since they would hit every app of the file. */
  readonly withConfigFile: boolean;
  /** What it asks for does not come about; the help says why. */
  readonly missed?: true;
  readonly help: string;
}

const value = (name: string, attribute: string | null, placeholder: string, help: string): StartFlag => ({
  name,
  aliases: [],
  short: null,
  takes: 'value',
  placeholder,
  attribute,
  sets: true,
  withConfigFile: false,
  help,
});

const toggle = (name: string, attribute: string, sets: boolean, help: string): StartFlag => ({
  name,
  aliases: [],
  short: null,
  takes: 'nothing',
  placeholder: null,
  attribute,
  sets,
  withConfigFile: false,
  help,
});

/** Every option of `start` that ends up in an app spec or selects apps of a config file. PM2's spelling; those from --kill-signal on and --min-uptime are ours. */
export const START_FLAGS: readonly StartFlag[] = [
  { ...value('name', 'name', 'name', 'name of the app'), short: 'n' },
  { ...value('namespace', 'namespace', 'name', 'group of the app, usable as a target'), withConfigFile: true },
  { ...value('cwd', 'cwd', 'folder', 'folder the app runs in'), withConfigFile: true },
  value('interpreter', 'interpreter', 'program', 'program that runs the script, or none'),
  { ...value('node-args', 'node_args', 'words', 'options for the interpreter, before the script'), aliases: ['interpreter-args'] },
  { ...value('instances', 'instances', 'n', 'how many: a number, max, 0 (all cores) or -1 (all but one)'), short: 'i' },
  {
    ...value('cron-restart', 'cron_restart', 'pattern', 'restart it by this schedule, such as "0 3 * * *"; 0 for none'),
    aliases: ['cron'],
    short: 'c',
  },
  {
    ...value('watch', 'watch', 'path', 'restart it when files change: all in its folder, or those named; may be repeated'),
    takes: 'maybes',
    withConfigFile: true,
  },
  {
    ...value('ignore-watch', 'ignore_watch', 'pattern', 'names, paths or globs that are not watched; may be repeated'),
    takes: 'values',
    means: 'words',
    withConfigFile: true,
  },
  {
    ...value('watch-delay', 'watch_delay', 'time', 'so long nothing more may change before the restart: seconds, or 500ms'),
    means: 'seconds',
  },
  value('ext', 'watch_extensions', 'list', 'watch only files with these extensions, such as js,json'),
  { ...toggle('execute-command', 'execute_command', true, 'fork mode'), short: 'x' },
  { ...value('uid', 'uid', 'user', 'user it runs as; needs root'), withConfigFile: true },
  { ...value('gid', 'gid', 'group', 'group it runs in; needs root'), withConfigFile: true },
  { ...value('env-file', 'env_file', 'file', 'file of variables (dotenv); may be repeated'), takes: 'values' },
  {
    ...value('filter-env', 'filter_env', 'part', "do not inherit the caller's variables with this in their name; may be repeated"),
    takes: 'values',
  },
  { ...value('env', null, 'name', 'use the env_<name> block of the config file'), withConfigFile: true },
  { ...value('only', null, 'a,b', 'only these apps of the config file'), withConfigFile: true },

  { ...value('output', 'out_file', 'file', 'file for standard output'), short: 'o' },
  { ...value('error', 'error_file', 'file', 'file for standard error'), short: 'e' },
  { ...value('log', 'log_file', 'file', 'file for both, besides'), short: 'l' },
  { ...value('pid', 'pid_file', 'file', 'file for the process id'), short: 'p' },
  toggle('merge-logs', 'merge_logs', true, 'one log file for all instances'),
  toggle('disable-logs', 'disable_logs', true, 'store no log files'),
  value('log-type', 'log_type', 'type', 'json for an object a line, or raw'),
  value('log-date-format', 'log_date_format', 'format', 'time before each log line, such as "YYYY-MM-DD HH:mm:ss Z"'),
  toggle('time', 'time', true, 'the same as --log-date-format YYYY-MM-DDTHH:mm:ss'),

  toggle('no-autostart', 'autostart', false, 'register the app without starting it'),
  toggle('no-autorestart', 'autorestart', false, 'leave the app stopped when it exits'),
  value('max-restarts', 'max_restarts', 'n', 'failures in a row, or within --restart-window, before it counts as errored'),
  value('min-uptime', 'min_uptime', 'time', 'a run shorter than this is unstable'),
  value('restart-delay', 'restart_delay', 'time', 'wait before an automatic restart'),
  value('exp-backoff-restart-delay', 'exp_backoff_restart_delay', 'time', 'first delay of a doubling backoff'),
  { ...value('stop-exit-codes', 'stop_exit_codes', 'codes', 'exit codes after which it stays stopped, such as 0,143'), takes: 'values' },
  value('max-memory-restart', 'max_memory_restart', 'size', 'replace an instance above this memory, such as 500M'),

  { ...value('kill-timeout', 'kill_timeout', 'time', 'time from the stop signal to SIGKILL'), short: 'k' },
  toggle('no-treekill', 'treekill', false, 'signal the process only, not its descendants'),
  toggle('shutdown-with-message', 'shutdown_with_message', true, "send the message 'shutdown' instead of a signal"),
  toggle('wait-ready', 'wait_ready', true, "online only after process.send('ready')"),
  value('listen-timeout', 'listen_timeout', 'time', 'how long to wait until it is ready'),

  toggle('source-map-support', 'source_map_support', true, 'stack traces in the language of the source (the default)'),
  toggle('disable-source-map-support', 'source_map_support', false, 'stack traces as they are'),

  value('kill-signal', 'kill_signal', 'signal', 'stop signal, such as SIGTERM'),
  value('log-max-size', 'log_max_size', 'size', 'put a log file aside before it passes this size'),
  value('log-rotate-every', 'log_rotate_every', 'time', 'put it aside after each such period, too, such as 1d'),
  value('log-max-files', 'log_max_files', 'n', 'how many of those put aside are kept'),
  value('log-max-age', 'log_max_age', 'time', 'remove those put aside longer ago'),
  toggle('no-log-compress', 'log_compress', false, 'do not compress those put aside'),
  value('log-total-max', 'log_total_max', 'size', 'what all log files of the app may take together'),
  value('restart-window', 'restart_window', 'time', 'window in which --max-restarts exits mean errored'),
  value('exp-backoff-max', 'exp_backoff_max', 'time', 'longest delay of the backoff'),
  value('errored-retry', 'errored_retry', 'time', 'try an errored instance again after this time'),
  value('drain-idle', 'drain_idle', 'time', 'patience with idle connections when an instance leaves'),
  value('drain-timeout', 'drain_timeout', 'time', 'longest time for open requests when an instance leaves'),
  value('queue-limit', 'queue_limit', 'n', 'connections that may wait while no instance can take them'),
  value('queue-timeout', 'queue_timeout', 'time', 'how long such a connection waits'),
  value('balance', 'balance', 'policy', 'which instance gets a connection: round-robin, least-connections, ip-hash or kernel'),
  value('standby', 'standby', 'n', 'so many instances more that stand by and take the place of one that dies'),
  value('rollout-timeout', 'rollout_timeout', 'time', 'longest time of a reload'),
  value('bake-time', 'bake_time', 'time', 'how long new instances live beside the old ones before they take over'),
  value('surge', 'surge', 'one|all', 'one more instance at a time in a reload, or a whole new set'),
  value('reload-on-timeout', 'reload_on_timeout', 'word', 'fail, or accept what is not ready after --listen-timeout'),
  value('max-loop-block', 'max_loop_block', 'time', 'kill and launch again what blocks its event loop for longer'),
  value('host', 'host', 'name', 'name of the host process, shared with other apps of that host'),
];

/** Options of PM2 that scripts give and that change nothing here: what they switch off is not there. */
export const IDLE_FLAGS: readonly StartFlag[] = [
  toggle('no-pmx', 'pmx', false, 'no effect: nothing is put into apps'),
  toggle('no-automation', 'automation', false, 'no effect: nothing is put into apps'),
  toggle('no-vizion', 'vizion', false, 'no effect: Git metadata is not read'),
  toggle('disable-trace', 'disable_trace', true, 'no effect: there is no tracing'),
];

const missed = (flag: StartFlag): StartFlag => ({ ...flag, missed: true });
const TRACING = 'no effect: tracing is the business of the app; load it with --node-args';
const DOCKER = "no effect: PM2's Docker mode is not there; see holdfast run";

/** Options of PM2 that ask for what there is not. Scripts that give them still start their apps, and hear of it. */
export const MISSED_FLAGS: readonly StartFlag[] = [
  toggle('trace', 'trace', true, TRACING),
  toggle('deep-monitoring', 'deep_monitoring', true, TRACING),
  toggle('v8', 'v8', true, 'no effect: metrics of V8 come from what the app loads (@pm2/io)'),
  toggle('event-loop-inspector', 'event_loop_inspector', true, 'no effect: --max-loop-block looks after the event loop'),
  value('image-name', null, 'name', DOCKER),
  value('node-version', null, 'version', DOCKER),
  toggle('dockerdaemon', 'dockerdaemon', true, DOCKER),
  toggle('fresh', 'fresh', true, DOCKER),
].map(missed);

/** What the command line said: long name of an option to its value; `true` for a switch, a list for `takes: 'values'` and `'maybes'`. */
export type StartFlags = Readonly<Record<string, string | true | readonly string[]>>;

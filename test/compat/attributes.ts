// PM2's attributes of an app, with their other spellings. The camelCase form of each is understood besides.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const read = shownIn('src/config/pm2-attributes.test.ts')('%s is read under its name, each alias and in camelCase');
const specs = shownIn('src/config/specs.test.ts');
const programs = shownIn('src/config/programs.test.ts');
const environment = shownIn('src/config/environment.test.ts');
const logFiles = shownIn('src/config/log-files.test.ts');
const restarts = shownIn('test/e2e/restart-policy.test.ts');
const watching = shownIn('test/e2e/watch.test.ts');
const scope = shownIn('src/trigger/watch-scope.test.ts');
const schedules = shownIn('test/daemon-schedules.test.ts');
const ignored = shownIn('src/config/mistakes.test.ts')('is reported: %s');

export const ATTRIBUTE_LINES: SurfaceSection = {
  title: 'Attributes',
  named: true,
  lines: [
    same('script exec cmd command', read),
    same('name', read),
    same('name_prefix', read),
    same('namespace', read),
    better(
      'cwd',
      'where only the folder of the config file has the script, that one is used, and said',
      specs("are the config file's where only that has the script, and that is said"),
    ),
    better(
      'args',
      'in `--a="b c"` the quotes are not part of the argument',
      specs('splits args like a shell and keeps the items of a list'),
    ),
    better(
      'interpreter exec_interpreter',
      '`node@22` is looked for in nvm, fnm, volta, asdf, mise, nodenv and n, in cluster mode too; nothing is installed',
      programs('with a version is found where %s keeps it, the newest that fits, and may be clustered'),
    ),
    same('node_args interpreter_args', programs('other than Node gets its own options, and none that are for Node')),
    same('exec_mode', read),
    same('execute_command', read),
    different(
      'instances',
      'a word that is no number is refused, and the empty string, of a variable that is set to nothing, counts as not given, which is said; in PM2 both are all cores',
      shownIn('src/config/mistakes.test.ts')('is refused with what is accepted: %j'),
    ),
    same('out_file out output out_log', logFiles('are relative to cwd, with ~ expanded and null for the two spellings of nothing')),
    same(
      'error_file error err err_file err_log',
      logFiles('are relative to cwd, with ~ expanded and null for the two spellings of nothing'),
    ),
    same('log_file log', logFiles('have both streams in a combined one where that is wished')),
    same(
      'pid_file pid',
      shownIn('test/e2e/config-env.test.ts')('says the process id of each instance while there is one, also after a reload'),
    ),
    same('merge_logs combine_logs', logFiles('are merged for a fork app without instances only, unless said otherwise')),
    better('disable_logs', '`logs` still shows what comes', logFiles('are none with disable_logs')),
    better('log_type', 'an object for each line, not for each chunk', logFiles('hold JSON where log_type says so')),
    better(
      'log_date_format',
      'stands before each line in cluster mode too',
      shownIn('src/log/prefix.test.ts')('stands once before every line, and changes no byte of it'),
    ),
    same('time', logFiles('have times in the given format, which wins over time: true')),
    same('env', environment("lays env, env_<name> and port over the caller's, as strings")),
    same('filter_env', environment('%j keeps what it names from being inherited, and nothing else')),
    same('append_env_to_name', read),
    same('port', environment("lays env, env_<name> and port over the caller's, as strings")),
    better(
      'uid user',
      'supplementary groups are dropped, in cluster mode too',
      shownIn('test/e2e/config-credentials.test.ts')('runs as that user and no group of root in %s mode, also after a crash and a reload'),
    ),
    same('gid', shownIn('src/config/account.test.ts')('takes another group by gid, by name or number')),
    same('autostart', shownIn('test/daemon-operations.test.ts')('registers an app with autostart false as stopped')),
    same('autorestart', restarts('restarts nothing where autorestart is false')),
    better(
      'stop_exit_codes',
      'a death by signal is never taken for code 0',
      restarts('ends stopped, not errored, on an exit code of stop_exit_codes'),
    ),
    same('restart_delay', restarts('restarts after restart_delay, and the CLI exits 1 with the reason of the first exit')),
    different('exp_backoff_restart_delay', 'doubles up to `exp_backoff_max`', restarts('doubles the backoff up to its cap')),
    same('min_uptime', restarts('is healthy after min_uptime, which resets the backoff')),
    better(
      'max_restarts',
      'exits within a rolling window count too, so that a slow crash loop ends; `Infinity`, with which PM2 gives up at the first exit, is refused with what to write',
      restarts('ends in errored after max_restarts unstable runs, says so, alerts, and starts again by hand'),
    ),
    better(
      'max_memory_restart',
      'counts the whole process tree, and loses no request',
      shownIn('test/e2e/main-job.test.ts')('replaces a leaking instance gracefully: no failed request, and it is said'),
    ),
    better(
      'cron_restart cron',
      'with a time zone, never twice at a time, and a reload in cluster mode',
      schedules('is restarted in fork mode'),
    ),
    better(
      'watch',
      'one restart once it is quiet, not one for each change; in cluster mode a reload; what an app writes at each start is seen and stops it',
      watching('restarts an app once for a burst of changes, and says which files they were'),
    ),
    better(
      'ignore_watch',
      'is added to what never counts: `node_modules`, names with a dot, its own logs, the home; names count wherever they are',
      scope('%s'),
    ),
    better(
      'watch_options',
      '`usePolling`, `interval`, `followSymlinks` (off unless it is said) and `ignored`; others are said to have no effect',
      read,
    ),
    better(
      'watch_delay',
      'counts from the last change, 200 ms where nothing is said',
      watching('restarts an app once for a burst of changes, and says which files they were'),
    ),
    same('kill_timeout', restarts('ends an app that ignores the signal with SIGKILL after kill_timeout')),
    different('kill_retry_time', 'taken; an exit is known at once', ignored),
    same('treekill', shownIn('test/e2e/stop.test.ts')('leaves no child of the app behind that outlives it, in %s mode')),
    same(
      'shutdown_with_message',
      shownIn('src/supervisor/supervisor.test.ts')('sends the shutdown message instead of the signal where the app wants it'),
    ),
    same(
      'wait_ready',
      shownIn('src/supervisor/supervisor.test.ts')('waits for the ready message where wait_ready is set, listening or not'),
    ),
    different(
      'listen_timeout',
      '30 s in a reload, which fails when it has passed; `reload_on_timeout: accept` is PM2’s way',
      shownIn('test/e2e/reload-broken.test.ts')('never listens is taken as online where reload_on_timeout is accept, as in PM2'),
    ),
    different('force', 'taken; doubles have names of their own', ignored),
    same(
      'increment_var',
      shownIn('src/launch/plan.test.ts')('names the instance variable as the app wants it and raises the increment variable'),
    ),
    same(
      'instance_var',
      shownIn('src/launch/plan.test.ts')('names the instance variable as the app wants it and raises the increment variable'),
    ),
    same('source_map_support', read),
    same('disable_source_map_support', read),
    absent('vizion', 'taken; Git metadata is not read, and in PM2 only with PM2_ENABLE_GIT_PARSING', ignored),
    absent(
      'post_update',
      'said to have no effect: fetching code is not the business of a process manager, and there is no `pull`',
      ignored,
    ),
    different('windowsHide', 'taken; there are no windows', ignored),
    different('pmx automation', 'taken; nothing of ours changes the behaviour of an app', ignored),
    same('io', environment("lays env, env_<name> and port over the caller's, as strings")),
    absent('trace', 'said to have no effect: OpenTelemetry is loaded by the app, or with `node_args`', ignored),
    absent('disable_trace', 'taken; there is no tracing', ignored),
    absent('deep_monitoring', 'said to have no effect: OpenTelemetry is loaded by the app, or with `node_args`', ignored),
    absent('v8', 'said to have no effect: such metrics come from what the app loads (`@pm2/io`)', ignored),
    absent('event_loop_inspector', '`max_loop_block` looks after the event loop', ignored),
    absent('install_url username write', 'taken; PM2 keeps them for itself', ignored),
  ],
};

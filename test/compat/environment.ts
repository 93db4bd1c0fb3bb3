// The variables that PM2 reads, and the files of its home.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const name = shownIn('test/e2e/pm2-name.test.ts');
const kept = name("lives in PM2's home and keeps the files that scripts look for there: pids, and the saved list as PM2 writes it");
const places = shownIn('src/compat/pm2-name.test.ts')('its files and sockets are where PM2 has them, or where variables of PM2 say');

const over = name('is where OVER_HOME says, with pm2.log where PM2_LOG_FILE_PATH does, in the form of PM2_LOG_DATE_FORMAT');

const sockets = shownIn('test/e2e/pm2-sockets.test.ts')('do not notice another that sends %s');

const defaults = shownIn('src/config/pm2-defaults.test.ts');
const main = shownIn('src/cli/main.test.ts');
/** PM2's daemon reads them when it starts, and they are those of that moment for all apps. */
const perApp = 'read by the command that starts or reloads, not by the daemon when it starts; wrong values are refused';

export const VARIABLES: SurfaceSection = {
  title: 'Environment variables',
  named: true,
  lines: [
    same('PM2_HOME', shownIn('src/compat/pm2-name.test.ts')('its home is that of PM2')),
    same('OVER_HOME', over),
    same('PM2_PID_FILE_PATH', places),
    same('PM2_LOG_FILE_PATH', places),
    different('PM2_DAEMON_RPC_PORT PM2_DAEMON_PUB_PORT', 'an absolute path; a port is not listened on', places),
    same('PM2_DUMP_FILE_PATH', places),
    same('PM2_DEFAULT_LOG_PATH PM2_DEFAULT_PID_PATH', defaults('%s holds where an app says nothing')),
    different('PM2_SILENT', 'as `--silent`: what was asked for (a list, logs) is printed', main("PM2_SILENT is --silent under PM2's name")),
    absent('PM2_DISCRETE_MODE PM2_NO_INTERACTION', 'taken, and without a meaning: no banner is ever printed, and no service is called'),
    absent('PM2_PROGRAMMATIC', 'taken, and without a meaning: the programmatic API never prints and never ends the process'),
    different(
      'PM2_CONCURRENT_ACTIONS',
      'of a rollout; without it one instance at a time',
      shownIn('src/cli/commands/reload.test.ts')("PM2_CONCURRENT_ACTIONS is --parallel under PM2's name"),
    ),
    better('PM2_KILL_SIGNAL PM2_KILL_TIMEOUT PM2_KILL_USE_MESSAGE', perApp, defaults('%s holds where an app says nothing')),
    different('PM2_GRACEFUL_TIMEOUT', '`drain_timeout` of an app that has none of its own', defaults('%s holds where an app says nothing')),
    better('PM2_GRACEFUL_LISTEN_TIMEOUT', perApp, defaults('%s holds where an app says nothing')),
    absent('PM2_KILL_RETRY_TIME', 'an exit is known at once; nothing asks for it again and again'),
    absent(
      'PM2_RELOAD_LOCK_TIMEOUT',
      'there is no lock that a dead command could leave: a second reload waits for the first, at most its `rollout_timeout`',
    ),
    absent(
      'PM2_WORKER_INTERVAL EXP_BACKOFF_RESET_TIMER',
      'there is no worker: memory is looked at every 5 s, and the backoff ends at `min_uptime`, by a timer of the app',
    ),
    same('PM2_LOG_DATE_FORMAT', over),
    different(
      'PM2_NODE_OPTIONS',
      'before the options of the app, which so stand over it',
      defaults('PM2_NODE_OPTIONS is for fork apps that Node runs, before the options of their own'),
    ),
    different('PM2_PROCESS_INSTANCE_VAR', '`instance_var` of an app stands over it', defaults('%s holds where an app says nothing')),
    absent(
      'PM2_OPTIMIZE_MEMORY PM2_DAEMON_TITLE PM2_DEBUG DEBUG',
      'for the makers of PM2; the daemon is small always, and what it does is in daemon.log',
    ),
    better(
      'PM2_SOCKET_USER PM2_SOCKET_GROUP',
      'that account reaches the socket and may read nothing else of the home; wrong values are refused',
      name('gives the socket to PM2_SOCKET_USER, and nothing else that is in the home'),
    ),
    absent('PM2_ENABLE_GIT_PARSING', 'Git metadata is not read; PM2 does so with this variable only'),
    absent('PM2_MODIFY_REQUIRE PM2_DEEP_MONITORING', 'nothing is put into apps that changes how they load or run'),
    absent('NODE_ENV TRAVIS', 'as variables of the app only: no check of ours is switched off by them'),
    better(
      'NVM_DIR',
      'the stores of fnm, volta, asdf, mise, nodenv and n are looked into as well; nothing is installed',
      shownIn('src/config/programs.test.ts')('with a version may be the Node of the CLI, and a manager may keep its versions elsewhere'),
    ),
    absent('PM2_API_IPADDR PM2_API_PORT PM2_WEB_PORT PM2_WEB_STRIP_ENV_VARS', 'PM2 serves nothing there either'),
    absent('PM2_DISABLE_VERSION_CHECK', 'nobody is called'),
    better(
      'PM2_SERVE_PORT PM2_SERVE_PATH PM2_SERVE_HOST PM2_SERVE_SPA PM2_SERVE_FTP PM2_SERVE_HOMEPAGE PM2_SERVE_BASIC_AUTH PM2_SERVE_BASIC_AUTH_USERNAME PM2_SERVE_BASIC_AUTH_PASSWORD',
      'wrong values are refused before anything is started',
      shownIn('src/model/static-site.test.ts')('takes %j'),
    ),
    absent('PM2_SERVE_MONITOR', "the paid service of PM2's makers"),
    absent(
      'PM2_SECRET_KEY PM2_PUBLIC_KEY PM2_MACHINE_NAME KEYMETRICS_SECRET KEYMETRICS_PUBLIC PM2_APM_ADDRESS PM2_PROXY',
      "the paid service of PM2's makers",
    ),
    same('EDITOR VISUAL', shownIn('src/cli/commands/settings.test.ts')('opens the editor of %j on all of them')),
    same('FORCE', shownIn('src/cli/commands/commands.test.ts')("FORCE saves an empty list under PM2's name")),
  ],
};

export const FILES: SurfaceSection = {
  title: "Files in PM2's home",
  named: true,
  lines: [
    same('logs/', kept),
    same('module_conf.json', shownIn('src/config/module-settings.test.ts')("are kept in PM2's shape, by module and key or by key alone")),
    better('dump.pm2 dump.pm2.bak', 'for their owner only; ours is dump.json, with all that PM2 does not know', kept),
    same('pm2.pid', kept),
    same('pids/', kept),
    different('pm2.log', 'in our words; rotated. `logs` reads daemon.log, which has the same', kept),
    better(
      'rpc.sock pub.sock',
      'for their owner only, and bounded: bytes that are no request and subscribers that do not read harm nobody',
      sockets,
    ),
    absent('interactor.sock', "the paid service of PM2's makers"),
    absent('reload.lock touch conf.js', 'PM2 keeps them for itself'),
    absent('modules/', 'modules are not there yet'),
    absent('agent.json5 agent.pid agent.log pm2-io-token', "the paid service of PM2's makers"),
  ],
};

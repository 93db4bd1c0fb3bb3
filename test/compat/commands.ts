// PM2's commands, under all their names.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const commands = shownIn('src/cli/commands/commands.test.ts');
const real = shownIn('test/e2e/cli-commands.test.ts');
const scripting = shownIn('src/cli/commands/scripting.test.ts');
const settings = shownIn('src/cli/commands/settings.test.ts');
const input = shownIn('test/e2e/input.test.ts');
const reload = shownIn('src/cli/commands/reload.test.ts');
const profile = shownIn('test/e2e/profile.test.ts')('profile:%s writes what Chrome opens into the working folder');
const notHere = scripting('%s is one clear sentence and exit code 1');

/** Words of ours that PM2 does not have. */
export const OUR_COMMANDS: readonly string[] = ['rollback', 'alias', 'run', 'help', 'reload-logs'];

export const COMMANDS: SurfaceSection = {
  title: 'Commands',
  named: true,
  lines: [
    better(
      'start',
      "waits until every instance is ready or has ended; the exit code says which (under PM2's name it is PM2's)",
      real('starts a script under its name, with its arguments after --, and says where the logs are'),
    ),
    better(
      'stop',
      'requests that are under way are finished first; its schedule stops with it',
      real('stop ends the processes and keeps the entry; restart and start bring it back'),
    ),
    better(
      'restart',
      'options change settings of all instances of the app, wrong values are refused',
      shownIn('src/cli/commands/restart.test.ts')('changes the settings that options name, and keeps all others'),
    ),
    better(
      'reload gracefulReload',
      'loses no request, keeps the old instances when the new ones do not come up, and works in fork mode',
      shownIn('test/e2e/reload-load.test.ts')('reloads ten times in a row, each time with new pids in the same slots and ids'),
    ),
    same('startOrRestart', real('restarts what is known by name, id or all, and takes two words together')),
    better('startOrReload startOrGracefulReload', 'as `reload`', reload('%s takes a config file')),
    same('delete del', real('delete forgets the app, ends its processes, and keeps its log files')),
    better(
      'scale',
      '`-n` takes instances away too, the highest slots first',
      real('scale sets, adds and takes away; the highest slots go first and the others are not touched'),
    ),
    same('reset', real('reset sets the count of restarts to zero')),
    same('pid', scripting('pid and id')),
    same('id', scripting('pid and id')),
    same('sendSignal', scripting('takes %s')),
    same('ping', real('ping answers like PM2')),
    better(
      'update updatePM2',
      'no app is stopped for it',
      shownIn('test/e2e/update.test.ts')('moves a cluster app to another version and back: no request fails, ids and counts are kept'),
    ),
    better(
      'deepUpdate',
      'it says what it runs, and refuses where npm would install a second one beside it',
      shownIn('test/e2e/deep-update.test.ts')('has npm install the latest version, and what runs updated to it'),
    ),
    same('kill', real('kill stops everything; resurrect brings back what was saved, stopped apps as stopped')),
    same('save dump', commands('dump --force saves an empty list too')),
    same('cleardump', scripting('says what is so now')),
    better(
      'resurrect',
      'missing instances are brought back, each up or down as it was; a file that cannot be read is put aside, not deleted',
      shownIn('test/e2e/state-save.test.ts')('brings back after kill what was saved: ids, stopped ones, environment'),
    ),
    different(
      'startup',
      'systemd; the unit minds no process, and its end stops the apps in order',
      shownIn('src/cli/commands/startup.test.ts')('writes and enables the unit, and removes it again'),
    ),
    different('unstartup', 'systemd', shownIn('src/cli/commands/startup.test.ts')('writes and enables the unit, and removes it again')),
    different(
      'logrotate',
      'a success that sets nothing up: logs are rotated without it, and it says by which settings',
      settings('sets nothing up, and says by what logs are rotated'),
    ),
    better(
      'ecosystem init',
      'never writes over a file without --force; a .cjs where .js files are ES modules',
      shownIn('src/cli/commands/init.test.ts')('%j writes a file that can be started'),
    ),
    better(
      'create',
      'other examples; asks nothing where the answers are typed (`create web my-app`), and leaves a folder alone that has something in it',
      shownIn('src/cli/commands/create.test.ts')('asks on a terminal which example and where'),
    ),
    better(
      'list ls l ps status',
      "PM2's table; in a pipe nothing in it is shortened, on a terminal it fits; the line about the machine has the load in place of shares",
      shownIn('test/e2e/cli-table.test.ts')('is read by the lines that scripts have for PM2'),
    ),
    same('jlist', real("jlist has PM2's shape: one line, ordered by id, with the keys that scripts read")),
    better(
      'prettylist',
      'values of secret-looking variables are masked unless asked for',
      shownIn('src/compat/prettylist.test.ts')('has unquoted keys, single quotes and every depth, as scripts search for it'),
    ),
    same('slist sysinfos', shownIn('src/compat/machine-figures.test.ts')('are named and measured as in PM2, in its order')),
    better(
      'describe desc show',
      "PM2's tables, and below them settings, traffic, releases and last exits; the environment is left to `env`",
      shownIn('src/cli/render/describe.test.ts')("begins with PM2's rows, in its order, with its labels and units"),
    ),
    same('info', commands('%s %s shows all but the environment')),
    better(
      'env',
      'secrets are masked unless asked for; --explain says where each variable comes from',
      shownIn('src/cli/commands/env.test.ts')("prints a line per variable in PM2's shape, of the first instance, with secrets masked"),
    ),
    better(
      'monit dashboard dash imonit',
      'restarts, reloads and stops too, after a question; no app can disturb its screen, and it outlives the daemon',
      shownIn('test/e2e/monit.test.ts')('shows the list, and the log of the selected app, whose control sequences move nothing'),
    ),
    better(
      'logs log',
      'times, events of the manager, files put aside and a range of time',
      shownIn('test/e2e/cli-logs.test.ts')('shows the last lines of an app with the events of the manager among them, each with its time'),
    ),
    same(
      'flush',
      shownIn('test/daemon-logs.test.ts')(
        'of everything empties the copy of the events too, which belongs to no app, and leaves the events themselves',
      ),
    ),
    same('reloadLogs', settings('reloadLogs asks the daemon')),
    same('attach', input('shows output, sends what is typed, says how to leave, and leaves the app alone')),
    better(
      'trigger',
      'says which instance has not answered, in bounded time',
      shownIn('test/e2e/app-messages.test.ts')('does what it is told to, each instance for itself'),
    ),
    better('send', 'in cluster mode too', input('writes a line to every instance meant, as it is')),
    better(
      'serve expose',
      'ranges, ETags, compression, no files that begin with a dot; what is wrong is said before anything is started',
      shownIn('src/cli/commands/serve.test.ts')('takes the options of PM2, and those of any app'),
    ),
    better(
      'completion',
      'fish too, options as well as names; uninstall takes out exactly what install has put in',
      shownIn('test/e2e/completion.test.ts')(
        'works in bash: commands, options, apps with odd names; installed twice it is there once, and then it is gone',
      ),
    ),
    absent('deploy', 'not there yet', notHere),
    same('set config', settings('are set, shown and forgotten')),
    same('get conf', settings('are set, shown and forgotten')),
    same('unset', settings('are set, shown and forgotten')),
    better('multiset', 'all of them or none', settings('are set several at a time, or none where one is wrong')),
    absent('install module:install', 'modules are not there yet', notHere),
    absent('uninstall module:uninstall', 'modules are not there yet', notHere),
    absent('module:update', 'modules are not there yet', notHere),
    absent('module:generate', 'modules are not there yet', notHere),
    absent('package', 'modules are not there yet', notHere),
    absent('publish module:publish', 'modules are not there yet', notHere),
    absent('pull', 'fetching code is not the business of a process manager', notHere),
    absent('forward', 'as `pull`; `rollback` goes back', notHere),
    absent('backward', 'as `pull`; `rollback` goes back', notHere),
    better(
      'inspect',
      "also where the app has no library of PM2's; it says where a debugger connects",
      shownIn('test/e2e/inspect.test.ts')('opens one instance, in both modes, and the app runs on'),
    ),
    better('report', 'no variables and no arguments in it', commands('report shows machine, manager and apps, and no variable')),
    better('profile:mem', 'takes 10s as well as 10000, up to ten minutes', profile),
    better('profile:cpu', 'takes 10s as well as 10000, up to ten minutes', profile),
    absent('link unlink plus register login logout open monitor unmonitor', "the paid service of PM2's makers", notHere),
    different(
      'install-otel uninstall-otel',
      'a success that installs nothing, with a warning: tracing is the business of the app',
      scripting('%s does nothing, says so, and lets a script go on'),
    ),
    same('examples', shownIn('src/cli/main.test.ts')('examples has a line of every command')),
    absent('autoinstall', 'without effect in PM2, too', notHere),
  ],
};

// How PM2's command line behaves, beyond the words of it: targets, files, environment, exit codes, and what becomes of an app.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const start = shownIn('src/cli/commands/start.test.ts');
const real = shownIn('test/e2e/cli-commands.test.ts');
const select = shownIn('src/policy/select.test.ts');
const piped = shownIn('src/config/standard-input.test.ts');
const files = shownIn('src/config/file-forms.test.ts');
const environment = shownIn('src/config/environment.test.ts');
const programs = shownIn('src/config/programs.test.ts');
const mistakes = shownIn('src/config/mistakes.test.ts');
const parse = shownIn('src/cli/parse.test.ts');
const changes = shownIn('src/cli/commands/restart.test.ts');
const restart = shownIn('src/policy/restart.test.ts');
const process = shownIn('test/e2e/cli-process.test.ts');

export const GRAMMAR: SurfaceSection = {
  title: 'The command line',
  named: false,
  lines: [
    same('options before or after the command', parse('knows the options of every command, anywhere')),
    same('`--` ends them: what follows goes to the script', parse('hands what stands after -- to the script, untouched')),
    same('no words: the usage, and exit code 1', shownIn('src/cli/main.test.ts')('without words prints the help, and ends with 1')),
    better('an unknown word: exit code 1', 'says what was probably meant', shownIn('src/cli/parse.test.ts')('%s')),
    same(
      '`stop` and `delete` of a config file none of whose apps is there: exit code 0',
      shownIn('src/cli/commands/commands.test.ts')(
        '%s of a config file none of whose apps is in the list has nothing to do, which is no failure',
      ),
    ),
    different(
      '`restart TARGET --only APP` without a config file',
      'is refused; PM2 does not look at `--only` and restarts them all',
      changes('refuses %j before anything is asked for'),
    ),
    absent(
      '`restart TARGET --name NEW`',
      'an app keeps its name: `delete` it and start it under the other',
      changes('refuses %j before anything is asked for'),
    ),
    same('the daemon is started by whatever needs it', process('starts the daemon where none runs, also when it is called through a link')),
    same(
      'a daemon of another version is told of',
      shownIn('test/e2e/update.test.ts')(
        'work together: the other command line says that it met another daemon, and does what it is asked',
      ),
    ),
    same('a target is an id, a name, a namespace, `/a pattern/` or `all`', select('%s matches %j: %s')),
    same('several targets', select('unites several targets without doubles, in the order of the list')),
    better(
      'a target that means nothing: exit code 1',
      'nothing is done to the others either, and what was meant is named',
      real('that mean nothing are refused, with the word that was probably meant, and nothing is done to the others'),
    ),
    same(
      '`all` with an empty list: exit code 1',
      real('ls says what to type, jlist is [], and every command on a target is refused with its own verb'),
    ),
    better('`-`: a config on standard input', 'data, never evaluated', piped('is never evaluated, and refused with its place: %s')),
    same('`start` without words: the ecosystem file of the folder', start('without words applies the config file of the folder')),
    same('`start` of a config: missing apps are started, others restarted', start('applies a config file: what is there is restarted')),
    same(
      '`start` of what is known: restarted',
      start('restarts what is known by name, id, namespace or all, even where a file is called so'),
    ),
    same('`start` of a script that runs already: refused without `-f`', start('refuses to start a script twice, unless --force')),
    same('`start` of a stopped script: started again', start('starts an app of the same script again that is %s')),
    same('`start "a line with spaces"`: run by bash', programs('is run by bash, or sh where there is none, under PM2s name')),
    same('`start` of a program in PATH', programs('is found after the working folder')),
    same('`start` of what is not there: exit code 1', start('names a script that is not there')),
    same("`start` of what crashes at once: exit code 0 (under PM2's name)", start("ends with %i under PM2's name after a start %s")),
    different(
      'the same under our own name',
      'exit code 1, with the reason',
      process('ends with 1 and the reason when an app crashes at once'),
    ),
    same('stopped apps keep their entry', real('stop ends the processes and keeps the entry; restart and start bring it back')),
    same('ids count up until the list is empty', real('the next id is 0 again after everything was deleted')),
    same(
      'an empty list is saved with `--force` only',
      shownIn('test/e2e/state-save.test.ts')('refuses to save an empty list over a full one, and does it when forced'),
    ),
    same(
      '`resurrect` leaves alone what is in the list',
      shownIn('test/e2e/state-save.test.ts')('leaves alone what is in the list: nothing is there twice'),
    ),
  ],
};

export const CONFIG: SurfaceSection = {
  title: 'Config files and the environment',
  named: false,
  lines: [
    better(
      'values that PM2 refuses (`"1GB"`, `kill_timeout: "5s"`, `Cluster`, `"false"`) or loses (`max_restarts: 0`, `merge_logs: false`)',
      'mean what they say',
      mistakes('is taken as it is meant: %s'),
    ),
    better(
      '33 mistakes of public config files, most of which PM2 passes over',
      'named, with what to write instead',
      mistakes('is reported: %s'),
    ),
    same('`ecosystem.config.js`, `.cjs`, `.mjs`, `.json`, `.yml`, `.yaml`', files('may be %s')),
    better('`export default` and ES modules', 'understood, as are functions, promises and `.ts`', files('may be %s')),
    better('JSON with comments', 'read, not evaluated', shownIn('src/config/tolerant-json.test.ts')('reads %j')),
    same(
      '`package.json` with `apps`',
      shownIn('src/config/find.test.ts')('finds the config file of a folder, and a package.json only with apps'),
    ),
    same('a name with `.config.js` and the like is a config file', shownIn('src/config/find.test.ts')('takes %s for a config file')),
    better('unknown keys', 'said, with what was probably meant', mistakes('is reported: %s')),
    better(
      'wrong values',
      'all of them at once, each with its place',
      shownIn('test/e2e/cli-config.test.ts')(
        'are told all at once, each with its place, what is accepted and what was meant; nothing is started or restarted',
      ),
    ),
    same(
      'every attribute in camelCase too',
      shownIn('src/config/pm2-attributes.test.ts')('%s is read under its name, each alias and in camelCase'),
    ),
    same('`static: [...]`', shownIn('src/config/static-server.test.ts')('makes an app of each entry, beside apps')),
    same(
      'the environment of the caller, then `env`, then `env_<name>`',
      environment("lays env, env_<name> and port over the caller's, as strings"),
    ),
    better('an `--env` that an app does not have', 'a warning', environment('warns of an --env that an app does not have')),
    same(
      'by name the environment stays, unless `--update-env`',
      shownIn('test/e2e/config-env.test.ts')('stay at a %s by name, and are those of this shell with --update-env'),
    ),
    better(
      'variables that were removed',
      'are removed',
      shownIn('test/e2e/reload-config.test.ts')('brings a changed environment: new values, new variables, removed ones are gone'),
    ),
    better(
      'variables named like settings (`name`, `watch`)',
      'change no setting',
      shownIn('test/e2e/config-env.test.ts')(
        'of an app reach no setting of the manager, nor those that its config file puts into process.env',
      ),
    ),
    same(
      '`NODE_APP_INSTANCE`, `pm_id` and `name` in the app',
      shownIn('src/launch/plan.test.ts')('gives a cluster instance its preload, numbers and worker id'),
    ),
    different(
      'the other thirty variables of PM2 in the app',
      'the app gets its own variables only',
      shownIn('test/e2e/cli-commands.test.ts')('starts a script under its name, with its arguments after --, and says where the logs are'),
    ),
    better(
      '`process.argv`, `require.main`',
      'as under Node alone, `process.argv[1]` too',
      shownIn('test/e2e/config-entry.test.ts')('%s finds itself as it does under Node alone'),
    ),
  ],
};

export const LIFE: SurfaceSection = {
  title: 'What becomes of an app',
  named: false,
  lines: [
    better(
      'unstable runs in a row: errored',
      'exits in a window too',
      restart('counts exits in the rolling window although every run was long enough'),
    ),
    better('`waiting restart`', 'only where a restart comes', restart('finishes with autorestart false, whatever the exit')),
    different(
      'the backoff',
      'doubles to a cap, with a little chance; PM2 multiplies by 1.5',
      shownIn('src/policy/backoff.test.ts')('doubles from the base with every consecutive exit and stops at the cap'),
    ),
    better(
      'an instance that does not come up in a reload',
      'the old one stays',
      shownIn('test/e2e/reload-broken.test.ts')('$what takes nothing from the old one'),
    ),
    better('a death by signal', 'is recorded as such, not as code 0', restart('never takes a death by signal for an exit code')),
    better(
      'an ES module that fails to load',
      'ends the instance, and is told',
      shownIn('test/e2e/balance-app.test.ts')('is told: an ES module that fails to load (%s)'),
    ),
    better(
      'the daemon dies',
      'apps do not notice',
      shownIn('test/e2e/survival-daemon.test.ts')('is brought back by a host without being asked for, and by one of several exactly once'),
    ),
    different(
      '`restart_time` of an app that is stopped and started',
      'every launch but the first counts; PM2 leaves out one that follows a stop',
      shownIn('src/policy/lifecycle.test.ts')('a stop and a start forget them as well, the restart of the policy does not'),
    ),
    same('`stop` overtakes a waiting restart', shownIn('test/e2e/restart-policy.test.ts')('lets a stop overtake a waiting restart')),
    same(
      'a stopped app comes back stopped',
      shownIn('test/e2e/state-save.test.ts')('brings back after kill what was saved: ids, stopped ones, environment'),
    ),
    same(
      'SIGUSR2 to the daemon opens log files anew',
      shownIn('test/e2e/log-rotation.test.ts')(
        'an outside rotation is followed: at once with reloadLogs or SIGUSR2, and within a second without',
      ),
    ),
    different(
      'SIGTERM to the daemon',
      'the daemon leaves, apps go on',
      shownIn('test/e2e/survival-daemon.test.ts')('is a goodbye: apps stay, no host brings it back, the next command does and adopts'),
    ),
  ],
};

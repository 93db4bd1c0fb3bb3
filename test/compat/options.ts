// PM2's options, with their letters. Those of the paid service stand with the commands.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const flags = shownIn('src/config/pm2-attributes.test.ts')('--$name sets $attribute of a script');
const main = shownIn('src/cli/main.test.ts');
const start = shownIn('src/cli/commands/start.test.ts');
const startup = shownIn('src/cli/commands/startup.test.ts');
const logs = shownIn('src/cli/commands/logs.test.ts');
const config = shownIn('src/config/flags.test.ts');
const missed = start('starts with %s, and says that it has no effect');
const absentOption = shownIn('src/cli/parse.test.ts')('a mistake on the command line');

/** Options of ours that PM2 does not have. */
export const OUR_OPTIONS: readonly string[] = [
  '--help -h --env-file --min-uptime --kill-signal --log-max-size --log-rotate-every --log-max-files --log-max-age --no-log-compress --log-total-max',
  '--restart-window --exp-backoff-max --errored-retry --drain-idle --drain-timeout --queue-limit --queue-timeout --balance --standby',
  '--rollout-timeout --bake-time --surge --reload-on-timeout --max-loop-block --host --no-wait --dry-run --to --explain --show-secrets',
  '--timeout --since --until --grep --level --events --from --print --stop-timeout --all',
].flatMap((names) => names.split(' '));

export const OPTIONS: SurfaceSection = {
  title: 'Options',
  named: true,
  lines: [
    same('--version -v', main('%s prints the version')),
    better('--silent -s', 'prints errors only', shownIn('src/cli/commands/commands.test.ts')('with --silent print nothing but errors')),
    same('--no-color', main('colours errors on a terminal, unless that is refused')),
    same('--name -n', flags),
    same('--namespace', config('overrides cwd and namespace of a config file and says that other options do not count there')),
    same('--cwd', config('overrides cwd and namespace of a config file and says that other options do not count there')),
    same('--interpreter', flags),
    same('--node-args --interpreter-args', flags),
    same('--instances -i', flags),
    same('--cron-restart --cron -c', flags),
    same('--execute-command -x', flags),
    same('--uid', shownIn('src/config/account.test.ts')('is an option that counts with a config file too')),
    same('--gid', flags),
    same('--filter-env', shownIn('src/config/environment.test.ts')('is an option for scripts, which may be repeated')),
    same('--env', shownIn('test/e2e/cli-config.test.ts')('--only chooses, --env chooses a block, and those that cannot count are named')),
    better('--only', 'a name that is not there is refused', config('selects apps with --only and refuses a name that is not there')),
    same('--output -o', flags),
    same('--error -e', flags),
    same('--log -l', flags),
    same('--pid -p', flags),
    same('--merge-logs', flags),
    same('--disable-logs', flags),
    same('--log-type', flags),
    same('--log-date-format', flags),
    same('--time', flags),
    same('--no-autostart', flags),
    same('--no-autorestart', flags),
    same('--max-restarts', flags),
    same('--restart-delay', flags),
    same('--exp-backoff-restart-delay', flags),
    same('--stop-exit-codes', flags),
    same('--max-memory-restart', flags),
    same('--kill-timeout -k', flags),
    same('--no-treekill', flags),
    same('--shutdown-with-message', flags),
    same('--wait-ready', flags),
    same('--listen-timeout', flags),
    same('--source-map-support', flags),
    same('--disable-source-map-support', flags),
    same('--force -f', start('refuses to start a script twice, unless --force')),
    same('--no-daemon', shownIn('test/e2e/foreground-end.test.ts')('of one app is its own')),
    better(
      '--update-env -a',
      'removed variables are really removed',
      shownIn('src/config/update-env.test.ts')('takes what is new, changes what changed, removes what is gone, and leaves what files say'),
    ),
    different(
      '--parallel',
      'counts for every rollout; one at a time where nothing is said',
      shownIn('src/cli/commands/reload.test.ts')('%s takes a config file'),
    ),
    same('--user -u', startup('gets the line to copy, as the last one, and exit code 1')),
    same('--hp', startup('finds in that line what was asked for, and the home directory that sudo would drop')),
    same('--service-name', startup('finds in that line what was asked for, and the home directory that sudo would drop')),
    same('--wait-ip', shownIn('src/startup/systemd.test.ts')('waits for an address where that is asked for')),
    better('--json', 'an object a line; on every command that prints a table, too', logs('--json prints an entry a line')),
    same('--format', logs('--format prints pairs as PM2 does')),
    same('--raw', logs('--raw passes on the bytes as they are')),
    same('--err', logs('shows of what comes only what was asked for')),
    same('--out', logs('shows of what comes only what was asked for')),
    same('--lines', shownIn('test/e2e/cli-logs.test.ts')('takes --lines, --out, --err, --events and --raw')),
    same('--timestamp', logs('%s puts the date before each line')),
    same('--nostream', logs('ends by itself at --until')),
    same('--highlight', shownIn('src/cli/render/log-line.test.ts')('marks what is to be highlighted, on a terminal only')),
    same(
      '--formatted --no-auto-exit --delay',
      shownIn('test/e2e/foreground-lines.test.ts')(
        'holdfast-runtime takes the arguments of pm2-runtime, and says which of them mean nothing here',
      ),
    ),
    same(
      '--port --spa --ftp --basic-auth-username --basic-auth-password',
      shownIn('src/cli/commands/serve.test.ts')('takes the options of PM2, and those of any app'),
    ),
    different(
      '--monitor',
      "no effect, and it says so: the paid service of PM2's makers",
      shownIn('src/cli/commands/serve.test.ts')('takes the options of PM2, and those of any app'),
    ),
    better(
      '--watch',
      'with an app that is known: `start` switches it on, `restart` the other way, `stop` off for good; a plain `stop` keeps the setting',
      shownIn('test/daemon-watches.test.ts')('is switched by commands: restart turns it round, stop turns it off for good'),
    ),
    same('--ignore-watch --watch-delay', flags),
    same('--ext', flags),
    same('--mini-list -m', shownIn('src/compat/mini-list.test.ts')('has the lines of PM2')),
    same('--tree -t', shownIn('src/cli/commands/slist.test.ts')('prints a tree with -t')),
    better('--sort', 'a field that there is none is refused', shownIn('src/cli/commands/list.test.ts')('--sort %s')),
    same('--attach', start('--attach shows the logs then')),
    better(
      '--write -w',
      'only what was typed is in the file; one that says something else stays, unless --force is given',
      shownIn('src/cli/write-configs.test.ts')('writes what was typed into NAME-pm2.json, which starts the same app'),
    ),
    different(
      '--no-vizion --no-pmx --no-automation --disable-trace',
      'taken, without effect: what they switch off is not there',
      start('takes options of PM2 that change nothing'),
    ),
    different('--trace --deep-monitoring', 'taken, with a warning: tracing is the business of the app', missed),
    different('--v8 --event-loop-inspector', 'taken, with a warning: metrics come from what the app loads', missed),
    different('--image-name --node-version --dockerdaemon --fresh', "taken, with a warning: PM2's Docker mode is not there", missed),
    absent('--container --dist', "PM2's Docker mode is not there, and an app that asks for it is not started outside of it", absentOption),
  ],
};

// PM2's programmatic API and its bus.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const api = shownIn('test/e2e/api-pm2.test.ts');
const callbacks = api('answers callbacks with the results of PM2');
const promises = api('answers with promises where no callback is given, also to ES modules');
const bus = api('tells on its bus what apps print, what happens to them and that it was killed, and ends with disconnect');
const unit = shownIn('src/compat/api.test.ts');
const refused = unit('%s answers its callback with one clear error');
const tools = api('profiles, inspects and reports for programs');
const messages = api(
  'sends messages to apps, has them do actions, and tells on its bus what they say, of a flood a part and the number of the rest',
);
const events = shownIn('src/compat/bus-events.test.ts');

export const API: SurfaceSection = {
  title: 'Programmatic API',
  named: true,
  lines: [
    same('connect', callbacks),
    same('disconnect close', callbacks),
    same('start', callbacks),
    same('stop', promises),
    same('restart', callbacks),
    same('reload', promises),
    same('delete', promises),
    same('list', callbacks),
    same('describe', promises),
    same('scale', promises),
    same('reset', promises),
    same('dump', promises),
    same('resurrect', promises),
    same('ping', promises),
    same('getVersion', promises),
    same('kill killDaemon', promises),
    same('sendSignalToProcessName sendSignalToProcessId', promises),
    same('sendLineToStdin', promises),
    same('getPID', promises),
    same('getProcessIdByName', promises),
    different('env', 'answers with the variables; PM2 prints them', promises),
    same('launchBus', bus),
    same(
      'custom pm2_home cwd daemon_mode',
      shownIn('test/e2e/pm2-name.test.ts')('refuses a home in which PM2 lives, names its pid, and touches nothing'),
    ),
    same('_conf user_conf Client', unit("says where things are by PM2's names")),
    same('clearDump flush reloadLogs autodump', unit('does nothing more, or what the daemon does')),
    same('destroy', unit('removes a home of its own, and never one that is used by default')),
    same('update', unit('startup runs the command, and fails with what that says')),
    different('get conf', 'answer with what is set; PM2 prints it', unit('are set, found, listed and forgotten')),
    same('set unset multiset', unit('are set, found, listed and forgotten')),
    same('startup uninstallStartup attach', unit('startup runs the command, and fails with what that says')),
    same('serve', unit('serve starts the static file server as an app')),
    same('Client.executeRemote', unit('%s does it')),
    absent('launchSysMonitoring web', 'does nothing in PM2 either'),
    same('sendDataToProcessId msgProcess', messages),
    better('trigger', 'has an end where an app does not answer', messages),
    better('inspect', 'answers with what a debugger connects to', tools),
    same('profile', tools),
    different('report', 'answers with the text; PM2 prints it', tools),
    absent('install uninstall launchModules package publish generateModuleSample', 'modules are not there yet', refused),
    different('logrotate', 'a success that sets nothing up: logs are rotated without it', tools),
    absent('deploy', 'not there yet', refused),
    absent('pullAndReload pullAndRestart pullCommitId forward backward', 'fetching code is not the business of a process manager', refused),
    absent('link unlink agentInfos killAgent monitorState', "the paid service of PM2's makers", refused),
    better(
      'remote remoteV2',
      'a name that is no method is an error of the callback',
      unit('are those of the methods, with one argument or all of them'),
    ),
  ],
};

export const API_MANNER: SurfaceSection = {
  title: 'How the programmatic API behaves',
  named: false,
  lines: [
    better('callbacks', 'or a promise where there is none', promises),
    same('the messages of errors that programs compare', callbacks),
    same('methods may be taken out of the object', promises),
    same('every method connects by itself', promises),
    better('types', 'of both ways to import it', api('has types for both ways to import it')),
    same('an app that crashes at once is no error of `start`', promises),
  ],
};

export const BUS: SurfaceSection = {
  title: 'Events of the bus',
  named: false,
  lines: [
    same('`process:event` start, restart, stop', events('tells a start, a restart and a stop by a command')),
    same(
      '`process:event` online, exit, restart overlimit',
      events('tells a crash, and that it was given up, without anybody having wanted it'),
    ),
    same('`process:event` reload', events('tells a reload once, for all instances')),
    different('`process:event` delete', 'told as `stop`', bus),
    same('`log:out`, `log:err`', bus),
    different('`log:PM2`', 'what happens, in our words', bus),
    same('patterns with `*`', bus),
    better(
      '`process:msg`, and what an app sends with a `type`',
      'bounded; `holdfast:left-out` has the number of what is missing',
      messages,
    ),
    same('`process:exception`', shownIn('src/compat/bus-messages.test.ts')('%j is told under its own type')),
    same('`axm:reply`, `axm:scoped_action:*`, `human:event`, `profilings`, `trace-span`', messages),
    same('`pm2:kill`', bus),
  ],
};

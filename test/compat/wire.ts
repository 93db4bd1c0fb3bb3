// What PM2's daemon answers on rpc.sock, by the names that programs call.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const calls = shownIn('src/compat/api.test.ts');
const does = calls('%s does it');
const answered = shownIn('test/e2e/pm2-sockets.test.ts')('are answered: the list, actions on processes by id, apps as PM2 hands them over');
const heard = shownIn('test/e2e/pm2-sockets.test.ts')('hear what happens, what apps print, and what they send');
const told = 'answered, and nothing is done: the daemon tells these things itself';
const refused = calls('%s says why it is not there');

export const WIRE: SurfaceSection = {
  title: 'Calls on rpc.sock',
  named: true,
  lines: [
    same('getMonitorData', answered),
    same('prepare', answered),
    same('startProcessId', answered),
    same('stopProcessId', answered),
    same('restartProcessId', answered),
    same('deleteProcessId', does),
    better('reloadProcessId softReloadProcessId', 'a new one that does not come up leaves the old one in its place', does),
    same('duplicateProcessId', calls('start another instance')),
    same('resetMetaProcessId', does),
    same('sendLineToStdin', calls('write lines of input, with whatever end')),
    same('sendDataToProcessId', heard),
    same('msgProcess', calls('reach apps')),
    same('sendSignalToProcessId sendSignalToProcessName', does),
    same('getSystemData', calls('give the figures of the machine')),
    same('getVersion ping', calls('give the list and the version')),
    same('reloadLogs', calls('give the list and the version')),
    same('killMe', shownIn('test/e2e/pm2-sockets.test.ts')('end the manager at a killMe, with all apps')),
    different(
      'stopWatch',
      'answered; what is stopped is not watched in any case',
      calls('are content with what the daemon does itself: %s'),
    ),
    different('notifyByProcessId notifyKillPM2', told, calls('are content with what the daemon does itself: %s')),
    better('startWatch toggleWatch', 'an id of nobody is an error', calls('%s switches it for the app, and touches no process')),
    different(
      'profileCPU profileMEM',
      'never over a file that is there',
      calls('%s writes the file that is named, and none that is there'),
    ),
    different('getReport', 'no variables and no arguments in it', calls('report of the daemon without its variables')),
    absent('monitor unmonitor', "the paid service of PM2's makers", refused),
  ],
};

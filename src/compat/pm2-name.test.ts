// When the command stands in for PM2, and where its home is then.
import { expect, it } from 'vitest';
import { pm2FilesIn, pm2HomeOf, standsInForPm2 } from './pm2-name.ts';

it.each([
  ['/usr/bin/pm2', {}, true],
  ['/usr/bin/pm2', { HOLDFAST_HOME: '/h' }, true],
  ['/usr/bin/holdfast', { PM2_HOME: '/p' }, true],
  ['/usr/bin/holdfast', { PM2_HOME: '/p', HOLDFAST_HOME: '/h' }, false],
  ['/usr/bin/holdfast', { PM2_HOME: '' }, false],
  ['/usr/bin/holdfast', {}, false],
])('%s with %j: %s', (program, env, stands) => {
  expect(standsInForPm2(program, env)).toBe(stands);
});

it('its home is that of PM2', () => {
  expect(pm2HomeOf({ HOME: '/home/x' }, '/srv')).toBe('/home/x/.pm2');
  expect(pm2HomeOf({ HOME: '/home/x', PM2_HOME: 'state' }, '/srv')).toBe('/srv/state');
});

it.each([
  ['/home/x/.pm2', {}, true],
  ['/home/x/.pm2', { HOLDFAST_HOME: '/home/x/.pm2' }, true],
  ['/srv/state', { PM2_HOME: '/srv/state/' }, true],
  ['/srv/state', { PM2_HOME: '/elsewhere' }, false],
  ['/home/x/.holdfast', {}, false],
])('%s with %j keeps the files of PM2: %s', (root, env, keeps) => {
  expect(pm2FilesIn(root, env) !== null).toBe(keeps);
});

it('its files are where PM2 has them, or where PM2_PID_FILE_PATH and PM2_DUMP_FILE_PATH say', () => {
  expect(pm2FilesIn('/h/.pm2', {})).toEqual({ pid: '/h/.pm2/pm2.pid', dump: '/h/.pm2/dump.pm2', backup: '/h/.pm2/dump.pm2.bak' });
  const env = { PM2_PID_FILE_PATH: '/run/pm2.pid', PM2_DUMP_FILE_PATH: '/var/dump' };
  expect(pm2FilesIn('/h/.pm2', env)).toEqual({ pid: '/run/pm2.pid', dump: '/var/dump', backup: '/var/dump.bak' });
  expect(pm2FilesIn('/h/.pm2', { PM2_DUMP_FILE_PATH: 'dump' })).toMatchObject({ dump: '/h/.pm2/dump.pm2' });
});

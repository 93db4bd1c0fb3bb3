// When the command stands in for PM2, and where its home is then.
import { expect, it } from 'vitest';
import { pm2FilesIn, pm2HomeOf, standsInForPm2 } from './pm2-name.ts';

it.each([
  ['/usr/bin/pm2', {}, true],
  ['/usr/bin/pm2', { HOLDFAST_HOME: '/h' }, true],
  ['/usr/bin/holdfast', { PM2_HOME: '/p' }, true],
  ['/usr/bin/holdfast', { PM2_HOME: '/p', HOLDFAST_HOME: '/h' }, false],
  ['/usr/bin/holdfast', { PM2_HOME: '' }, false],
  ['/usr/bin/holdfast', { OVER_HOME: '/o' }, false],
  ['/usr/bin/holdfast', {}, false],
])('%s with %j: %s', (program, env, stands) => {
  expect(standsInForPm2(program, env)).toBe(stands);
});

it('its home is that of PM2', () => {
  expect(pm2HomeOf({ HOME: '/home/x' }, '/srv')).toBe('/home/x/.pm2');
  expect(pm2HomeOf({ HOME: '/home/x', PM2_HOME: 'state' }, '/srv')).toBe('/srv/state');
  expect(pm2HomeOf({ HOME: '/home/x', PM2_HOME: 'state', OVER_HOME: 'over' }, '/srv')).toBe('/srv/over');
  expect(pm2HomeOf({ HOME: '/home/x', PM2_HOME: 'state', OVER_HOME: '' }, '/srv')).toBe('/srv/state');
});

it.each([
  ['/home/x/.pm2', {}, true],
  ['/home/x/.pm2', { HOLDFAST_HOME: '/home/x/.pm2' }, true],
  ['/srv/state', { PM2_HOME: '/srv/state/' }, true],
  ['/srv/state', { PM2_HOME: '/elsewhere' }, false],
  ['/srv/state', { PM2_HOME: '/elsewhere', OVER_HOME: '/srv/state' }, true],
  ['/srv/state', { PM2_HOME: '/srv/state', OVER_HOME: '/elsewhere' }, false],
  ['/home/x/.holdfast', {}, false],
])('%s with %j keeps the files of PM2: %s', (root, env, keeps) => {
  expect(pm2FilesIn(root, env) !== null).toBe(keeps);
});

it('its files and sockets are where PM2 has them, or where variables of PM2 say', () => {
  const usual = {
    pid: '/h/.pm2/pm2.pid',
    log: '/h/.pm2/pm2.log',
    dump: '/h/.pm2/dump.pm2',
    backup: '/h/.pm2/dump.pm2.bak',
    rpc: '/h/.pm2/rpc.sock',
    pub: '/h/.pm2/pub.sock',
  };
  expect(pm2FilesIn('/h/.pm2', {})).toEqual(usual);
  const env = {
    PM2_PID_FILE_PATH: '/run/pm2.pid',
    PM2_LOG_FILE_PATH: '/var/pm2.log',
    PM2_DUMP_FILE_PATH: '/var/dump',
    PM2_DAEMON_RPC_PORT: '/run/rpc',
    PM2_DAEMON_PUB_PORT: '/run/pub',
  };
  expect(pm2FilesIn('/h/.pm2', env)).toEqual({
    pid: '/run/pm2.pid',
    log: '/var/pm2.log',
    dump: '/var/dump',
    backup: '/var/dump.bak',
    rpc: '/run/rpc',
    pub: '/run/pub',
  });
  expect(pm2FilesIn('/h/.pm2', { PM2_DUMP_FILE_PATH: 'dump', PM2_LOG_FILE_PATH: 'log', PM2_DAEMON_RPC_PORT: '4000' })).toEqual(usual);
});

// When the command stands in for PM2, and where its home is then.
import { expect, it } from 'vitest';
import { pm2HomeOf, standsInForPm2 } from './pm2-name.ts';

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

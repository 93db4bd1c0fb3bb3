// Module settings in a real editor, one that is a command line as $EDITOR may be.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

it('set without words opens $EDITOR and takes over what it leaves', async () => {
  await site.run('set', 'pm2-logrotate:retain', '3');
  site.env['EDITOR'] = 'sed -i s/3/30/';
  expect(await site.run('set')).toMatchObject({ code: 0, stdout: expect.stringContaining('is changed') });
  expect(await site.run('get', 'pm2-logrotate:retain')).toMatchObject({ stdout: '30\n' });
  site.env['EDITOR'] = 'false';
  expect(await site.run('set')).toMatchObject({ code: 1, stderr: expect.stringContaining('false ended with code 1') });
});

// `holdfast run`: SIGUSR2 and SIGHUP bring the code and the settings that are there now, without a failed request.
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { createRelease, switchTo } from './kit/deploy.ts';
import { byManager, disposeForeground, told } from './kit/foreground.ts';
import { freePort } from './kit/ports.ts';
import type { Running } from './kit/run.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
});
afterEach(() => disposeForeground(site));

/** `current` points to a release, and a config file says how it is run. */
async function start(settings: object = {}): Promise<Running> {
  createRelease(site, 'one', { fixture: 'releases/good.cjs' });
  switchTo(site, 'one');
  const running = site.follow('run', configure(settings));
  await told(running, 'traffic to 2 of 2');
  return running;
}

function configure(settings: object = {}, ...others: readonly object[]): string {
  const web = { name: 'web', cwd: path.join(site.folder, 'current'), script: 'app.js', instances: 2, exec_mode: 'cluster' };
  return site.ecosystem({ ...web, env: { PORT: port, COLOUR: 'blue' }, ...settings }, ...others);
}

const answer = async (): Promise<{ folder: string; colour: string }> =>
  JSON.parse((await ask({ port })).body) as { folder: string; colour: string };

it('SIGUSR2 brings new code and new settings under load; not one request fails', async () => {
  const running = await start();
  createRelease(site, 'two', { fixture: 'releases/good.cjs' });
  switchTo(site, 'two');
  configure({ env: { PORT: port, COLOUR: 'green' } });
  await expectNoFailedRequest(
    port,
    async () => {
      running.child.kill('SIGUSR2');
      await told(running, 'reload with new settings done: 2 instances');
    },
    { atLeast: 200 },
  );
  expect(await answer()).toMatchObject({ folder: path.join(site.folder, 'releases/two'), colour: 'green' });
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0 });
});

it('SIGHUP does the same; apps that are new in the config file are started, those that are gone are stopped', async () => {
  const running = await start();
  configure({ instances: 3 }, { name: 'job', script: fixture('idle.cjs') });
  running.child.kill('SIGHUP');
  await told(running, 'App [job:0] online');
  await told(running, 'App [web] reload with new settings done: 3 instances');
  configure({ instances: 3 });
  running.child.kill('SIGHUP');
  await told(running, 'App [job:0] stopped');
  await told(running, 'App [web] reload done: 3 instances');
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0 });
});

it('a config file with mistakes, and code that does not come up, change nothing; what runs goes on', async () => {
  const running = await start({ max_restarts: 1 });
  site.write('ecosystem.config.json', '{ "apps": [{');
  running.child.kill('SIGUSR2');
  await told(running, 'Cannot reload: the configuration has mistakes. What runs goes on as it is.');

  configure({ max_restarts: 1 });
  createRelease(site, 'broken', { fixture: 'releases/crashes-at-start.cjs' });
  switchTo(site, 'broken');
  running.child.kill('SIGUSR2');
  await told(running, 'deploy failed');
  expect((await answer()).folder).toBe(path.join(site.folder, 'releases/one'));
  expect(byManager(running.stderr()).filter((line) => line.includes('no app is left'))).toEqual([]);
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0 });
});

// `holdfast run`: apps that depend on each other, and apps with a schedule.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { byManager, disposeForeground, told } from './kit/foreground.ts';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeEach(() => (site = createSite()));
afterEach(() => disposeForeground(site));

it('starts apps in the order of depends_on, and stops them in reverse', async () => {
  const env = { PORT: await freePort() };
  const running = site.follow(
    'run',
    site.ecosystem(
      { name: 'api', script: fixture('graceful.cjs'), depends_on: ['db'], env: { SHUTDOWN_MS: '200' } },
      { name: 'db', script: fixture('http-server.cjs'), exec_mode: 'cluster', env },
    ),
  );
  await told(running, 'App [api:0] online');
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0 });
  const lines = byManager(running.stderr());
  const at = (text: string): number => lines.findIndex((line) => line.startsWith(text));
  const order = [
    'App [api] waits for db (ready)',
    'App [db:0] online',
    'App [api:0] starting',
    'SIGTERM',
    'App [api:0] stopped',
    'App [db:0] draining',
  ];
  expect(order.map(at)).toEqual(order.map(at).toSorted((a, b) => a - b));
  expect(order.map(at)).not.toContain(-1);
});

it('does not start what depends on an app that failed, and ends with 1', async () => {
  const job = { name: 'job', script: fixture('exits.cjs'), autorestart: false, env: { CODE: '4' } };
  const { code, stderr } = await site.run(
    'run',
    site.ecosystem({ name: 'api', script: fixture('idle.cjs'), depends_on: { job: 'exited-ok' } }, job),
  );
  expect(byManager(stderr)).toContain('App [api] not started: it depends on job (exited-ok), which ended with code [4]');
  expect(code).toBe(1);
});

it('starts a job again when its time has come, and does not end in between', async () => {
  const running = site.follow(
    'run',
    fixture('last-line-before-exit.cjs'),
    '--name',
    'job',
    '--no-autorestart',
    '--cron-restart',
    '* * * * * *',
  );
  await told(running, 'App [job:0] exited', 3);
  await told(running, 'App [job] start by its schedule (cron_restart * * * * * *)', 2);
  expect(byManager(running.stderr()).filter((line) => line.includes('no app is left'))).toEqual([]);
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0 });
});

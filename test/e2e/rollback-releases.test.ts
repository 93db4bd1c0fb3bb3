// `rollback`: back to an earlier release that was healthy, and clear words where there is none.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { createRelease, deploy, switchTo } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
});
afterEach(() => site.dispose());

/** Release one is up, reached through `current`. */
async function start(): Promise<void> {
  for (const name of ['one', 'two', 'three']) createRelease(site, name, { fixture: 'releases/good.cjs' });
  createRelease(site, 'broken', { fixture: 'releases/crashes-at-start.cjs' });
  switchTo(site, 'one');
  await apply('start', { COLOUR: 'red' });
}

async function apply(verb: string, env: Record<string, string>): Promise<void> {
  const app = {
    name: 'web',
    script: 'app.js',
    cwd: path.join(site.folder, 'current'),
    instances: 2,
    env: { PORT: String(port), ...env },
    max_restarts: 2,
    min_uptime: 200,
  };
  const result = await site.run(verb, site.ecosystem(app));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

async function reloadTo(name: string): Promise<void> {
  switchTo(site, name);
  expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
}

const served = async (): Promise<{ release: string; colour: string }> => {
  const { folder, colour } = JSON.parse((await ask({ port })).body) as { folder: string; colour: string };
  return { release: path.basename(folder), colour };
};
const healthy = (): Promise<unknown> =>
  waitFor('it to be healthy', async () => (await site.instances('web')).every((one) => one.healthy && one.status === 'online'));

it('brings back folder and environment of the release before, under load', async () => {
  await start();
  await healthy();
  await expectNoFailedRequest(port, async () => {
    switchTo(site, 'two');
    await apply('reload', { COLOUR: 'blue' });
    expect(await served()).toEqual({ release: 'two', colour: 'blue' });
    const result = await site.run('rollback', 'web');
    expect(result, result.stderr).toMatchObject({ code: 0 });
  });
  expect([await served(), await served()]).toEqual(Array.from({ length: 2 }, () => ({ release: 'one', colour: 'red' })));
  // A crash afterwards comes back from it too, though `current` points to the other.
  const pid = (await site.instances('web'))[0]!.pid!;
  process.kill(pid, 'SIGKILL');
  await waitFor('its restart', async () => (await site.instances('web')).every((one) => one.pid !== pid && one.status === 'online'));
  expect([await served(), await served()].map(({ release }) => release)).toEqual(['one', 'one']);
});

it('goes to the release of that number with --to', async () => {
  await start();
  await healthy();
  await reloadTo('two');
  await reloadTo('three');
  const releases = (await site.apps()).apps[0]!.releases;
  expect(releases.map(({ cwd, current }) => `${path.basename(cwd)} ${current}`)).toEqual(['one false', 'two false', 'three true']);
  expect(await site.run('rollback', 'web', '--to', String(releases[0]!.number))).toMatchObject({ code: 0 });
  expect(await served()).toMatchObject({ release: 'one' });
});

it('passes over a release that never worked', async () => {
  await start();
  await healthy();
  switchTo(site, 'broken');
  expect((await deploy(site, 'reload', 'web')).failure).toMatchObject({ reason: 'crashed' });
  await reloadTo('two');
  expect(await site.run('rollback', 'web')).toMatchObject({ code: 0 });
  expect(await served()).toMatchObject({ release: 'one' });
});

it('says what it cannot do: no earlier release, an unknown number, a folder that is gone, an unknown app', async () => {
  await start();
  await healthy();
  const none = await site.run('rollback', 'web');
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/^\[holdfast\].*Cannot roll ?back web: .*earlier/m);
  await reloadTo('two');
  expect((await site.run('rollback', 'web', '--to', '7')).stderr).toMatch(/7/);
  fs.rmSync(path.join(site.folder, 'releases/one'), { recursive: true });
  const gone = await site.run('rollback', 'web');
  expect(gone.code).toBe(1);
  expect(gone.stderr).toContain(path.join(site.folder, 'releases/one'));
  expect((await site.run('rollback', 'wbe')).stderr).toMatch(/web/);
  expect(await served()).toMatchObject({ release: 'two' });
});

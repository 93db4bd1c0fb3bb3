// Reload, scale and rollback under two loads at once: not one request fails.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { createRelease, deploy, switchTo } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
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

async function start(settings: object = {}): Promise<void> {
  const config = site.ecosystem({
    name: 'web',
    script: fixture('releases/good.cjs'),
    instances: 2,
    env: { PORT: String(port) },
    ...settings,
  });
  expect(await site.run('start', config)).toMatchObject({ code: 0 });
}

const pids = async (): Promise<number[]> => (await site.instances('web')).map(({ pid }) => pid!);

it('reloads ten times in a row, each time with new pids in the same slots and ids', { timeout: 120_000 }, async () => {
  await start();
  const ids = (await site.instances('web')).map(({ id, slot }) => ({ id, slot }));
  const generations = [await pids()];
  const seen = await expectNoFailedRequest(port, async () => {
    for (let round = 0; round < 10; round += 1) {
      expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
      generations.push(await pids());
    }
  });
  expect(new Set(generations.flat()).size).toBe(22);
  expect(generations.flat().filter((pid) => isAlive(pid))).toEqual(generations.at(-1));
  expect([...generations.flat()].filter((pid) => !seen.pids.has(pid))).toEqual([]);
  expect((await site.instances('web')).map(({ id, slot }) => ({ id, slot }))).toEqual(ids);
  expect((await site.instances('web')).map(({ status, role, inRotation }) => ({ status, role, inRotation }))).toEqual(
    Array.from({ length: 2 }, () => ({ status: 'online', role: 'current', inRotation: true })),
  );
});

it('reloads the only instance of an app', async () => {
  await start({ instances: 1, exec_mode: 'cluster' });
  const [before] = await pids();
  await expectNoFailedRequest(port, async () => {
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
  });
  expect(await pids()).not.toContain(before);
});

it('finishes 20 requests of 500 ms that are in flight', async () => {
  await start();
  const before = await pids();
  await expectNoFailedRequest(port, async () => {
    const slow = Array.from({ length: 20 }, () => ask({ port, path: '/slow?ms=500' }));
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    const answers = await Promise.all(slow);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    // Whether both old ones had some is up to the two loads between them.
    expect(before).toEqual(expect.arrayContaining(answers.map(({ body }) => (JSON.parse(body) as { pid: number }).pid)));
  });
});

it('finishes 10 requests of 5 s that are in flight', async () => {
  await start();
  const before = await pids();
  await expectNoFailedRequest(port, async () => {
    const slow = Array.from({ length: 10 }, () => ask({ port, path: '/slow?ms=5000' }));
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    const answers = await Promise.all(slow);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(before).toEqual(expect.arrayContaining(answers.map(({ body }) => (JSON.parse(body) as { pid: number }).pid)));
  });
  const drained = site
    .events('web')
    .flatMap(({ text }) => /^drained in .*: (\d+) finished, \d+ idle closed, (\d+) cut off/.exec(text) ?? []);
  expect(drained.filter((_, index) => index % 3 === 2)).toEqual(['0', '0']);
  expect(drained.filter((_, index) => index % 3 === 1).reduce((sum, count) => sum + Number(count), 0)).toBeGreaterThanOrEqual(10);
});

it('lets an app with shutdown code of its own close its server', async () => {
  site.write(
    'closes.js',
    `const server = require('node:http').createServer((_, response) => response.end(JSON.stringify({ pid: process.pid })));
     server.listen(${port});
     process.on('SIGINT', () => server.close(() => { console.log('closed'); process.exit(0); }));`,
  );
  await start({ script: 'closes.js' });
  await expectNoFailedRequest(port, async () => {
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
  });
  expect((await site.logs('web')).filter(({ text }) => text === 'closed')).toHaveLength(2);
  expect(site.events('web').filter(({ text }) => text.startsWith('still alive'))).toEqual([]);
});

it('scales from 2 to 6 to 1', async () => {
  await start();
  const [first] = await pids();
  const seen = await expectNoFailedRequest(port, async () => {
    expect(await site.run('scale', 'web', '6')).toMatchObject({ code: 0 });
    expect((await site.instances('web')).filter(({ inRotation }) => inRotation)).toHaveLength(6);
    const six = await pids();
    expect(await site.run('scale', 'web', '1')).toMatchObject({ code: 0 });
    await waitFor('the others to be gone', () => six.filter(isAlive).length === 1);
  });
  expect(await pids()).toEqual([first]);
  expect(seen.pids.size).toBeGreaterThanOrEqual(3);
});

it('rolls back to the release before', async () => {
  createRelease(site, 'one', { fixture: 'releases/good.cjs' });
  createRelease(site, 'two', { fixture: 'releases/good.cjs' });
  switchTo(site, 'one');
  await start({ script: 'app.js', cwd: `${site.folder}/current`, min_uptime: 200 });
  await waitFor('it to be healthy', async () => (await site.instances('web')).every(({ healthy }) => healthy));
  const folder = async (): Promise<string> => (JSON.parse((await ask({ port })).body) as { folder: string }).folder;
  expect(await folder()).toBe(`${site.folder}/releases/one`);
  await expectNoFailedRequest(port, async () => {
    switchTo(site, 'two');
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    expect(await folder()).toBe(`${site.folder}/releases/two`);
    expect((await deploy(site, 'rollback', 'web')).code).toBe(0);
    expect(await folder()).toBe(`${site.folder}/releases/one`);
  });
});

// Reload in fork mode: with overlap where the app can share its port or listens on nothing, else with the shortest gap; it says which.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { createRelease, deploy } from './kit/deploy.ts';
import { startLoad } from './kit/load.ts';
import { freePort } from './kit/ports.ts';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
});
afterEach(() => site.dispose());

async function start(settings: object): Promise<void> {
  const result = await site.run('start', site.ecosystem({ name: 'one', exec_mode: 'fork', env: { PORT: String(port) }, ...settings }));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

const pid = async (): Promise<number> => (await site.instances('one'))[0]!.pid!;
const texts = (): string[] => site.events('one').map(({ text }) => text);

const CLOSES = `const server = require('node:http').createServer((request, response) =>
     setTimeout(() => response.end(JSON.stringify({ pid: process.pid })), request.url === '/slow' ? 1000 : 0));
   server.listen(process.env.PORT);`;

it.each([
  ['without shutdown code', CLOSES],
  ['that closes its server itself', `${CLOSES}\nprocess.on('SIGINT', () => server.close(() => process.exit(0)));`],
])(
  'says that there is a gap where two cannot listen on the port, finishes what an app %s has taken, and serves again',
  async (_, program) => {
    site.write('app.js', program);
    await start({ script: 'app.js', min_uptime: 200 });
    const before = await pid();
    const load = await startLoad({ port, keepAlive: false });
    const slow = ask({ port, path: '/slow' });
    await ask({ port });
    const [reloaded, answer] = await Promise.all([site.run('reload', 'one'), slow]);
    expect(reloaded).toMatchObject({ code: 0 });
    const after = await pid();
    await waitFor('the new one to answer', async () => (await load.report()).pids[String(after)] !== undefined);
    const report = await load.stop();
    expect(after).not.toBe(before);
    expect(texts().some((text) => /^reload: 1 instance to release \d+, with a short gap/.test(text))).toBe(true);
    expect(answer).toMatchObject({ status: 200 });
    // Refused in the gap is what was announced; nothing that was taken is lost.
    expect(Object.keys(report.errors).filter((error) => error !== 'ECONNREFUSED' && error !== 'ECONNRESET')).toEqual([]);
  },
);

it('starts the old release again when the new one does not come up', async () => {
  const folder = createRelease(site, 'one', { fixture: 'releases/good.cjs' });
  createRelease(site, 'two', { fixture: 'releases/crashes-at-start.cjs' });
  await start({ script: 'app.js', cwd: folder, min_uptime: 2000 });
  const config = site.ecosystem({
    name: 'one',
    exec_mode: 'fork',
    script: 'app.js',
    cwd: `${site.folder}/releases/two`,
    min_uptime: 2000,
    max_restarts: 1,
    env: { PORT: String(port) },
  });
  const { code, failure } = await deploy(site, 'reload', config);
  expect(code).toBe(1);
  expect(failure).toMatchObject({ reason: 'crashed' });
  expect(failure?.lines).toContain('no database');
  expect(await site.instances('one')).toMatchObject([{ status: 'online', release: 1 }]);
  const { body } = await waitFor('the old one to answer', () => ask({ port }));
  expect(JSON.parse(body)).toMatchObject({ folder });
});

it('replaces a queue worker, which listens on nothing, without a moment with none', async () => {
  site.write(
    'worker.js',
    `console.log('works ' + process.pid);
     process.on('SIGINT', () => { console.log('leaves ' + process.pid); process.exit(0); });
     setInterval(() => {}, 1e6);`,
  );
  await start({ script: 'worker.js', min_uptime: 300 });
  const before = await pid();
  expect(await site.run('reload', 'one')).toMatchObject({ code: 0 });
  const after = await pid();
  const lines = (await site.logs('one')).map(({ text }) => text).filter((text) => /^(works|leaves) /.test(text));
  expect(lines).toEqual([`works ${before}`, `works ${after}`, `leaves ${before}`]);
  expect(texts().some((text) => /the app listens on nothing/.test(text))).toBe(true);
});

it('keeps the old queue worker when the new one crashes', async () => {
  const folder = createRelease(site, 'worker', { fixture: 'idle.cjs' });
  await start({ script: 'app.js', cwd: folder, min_uptime: 2000, max_restarts: 1 });
  const before = await pid();
  createRelease(site, 'worker', { fixture: 'releases/crashes-at-start.cjs' });
  const { code, failure } = await deploy(site, 'reload', 'one');
  expect(code).toBe(1);
  expect(failure).toMatchObject({ reason: 'crashed' });
  expect(await pid()).toBe(before);
});

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** `reusePort` came with Node 22.12 and 23.1 (Node: net, server.listen). */
const knowsReusePort = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);

it(`replaces an app that listens with reusePort ${knowsReusePort ? 'while the old one still serves' : 'with a gap: this Node does not know it'}`, async () => {
  site.write(
    'shares.js',
    `const server = require('node:http').createServer((_, response) => response.end(JSON.stringify({ pid: process.pid })));
     server.listen({ port: ${port}, reusePort: true });`,
  );
  await start({ script: 'shares.js', min_uptime: 300 });
  const before = await pid();
  // The kernel resets what waits in the queue of a listener that closes, so a load may lose a few here: the app answers all the time.
  const load = await startLoad({ port, keepAlive: false });
  expect(await site.run('reload', 'one')).toMatchObject({ code: 0 });
  const report = await load.stop();
  if (knowsReusePort) expect(report.errors['ECONNREFUSED'] ?? 0).toBe(0);
  expect(await pid()).not.toBe(before);
  const way = knowsReusePort ? /the app shares its port/ : /with a short gap each/;
  expect(texts().some((text) => way.test(text))).toBe(true);
});

it('reloads one instance after the other of a fork app with several', async () => {
  site.write('worker.js', 'setInterval(() => {}, 1e6);');
  await start({ script: 'worker.js', instances: 2, min_uptime: 200 });
  const before = (await site.instances('one')).map((one) => one.pid);
  expect(await site.run('reload', 'one')).toMatchObject({ code: 0 });
  const after = (await site.instances('one')).map((one) => one.pid);
  expect(after).toHaveLength(2);
  expect(after.filter((one) => before.includes(one))).toEqual([]);
});

it('replaces a cluster app that listens on nothing when it has lived for min_uptime', async () => {
  const folder = createRelease(site, 'worker', { fixture: 'idle.cjs' });
  await start({ script: 'app.js', cwd: folder, exec_mode: 'cluster', instances: 2, min_uptime: 300, listen_timeout: 500 });
  const before = (await site.instances('one')).map((one) => one.pid);
  expect(await site.run('reload', 'one')).toMatchObject({ code: 0 });
  expect((await site.instances('one')).map((one) => one.pid).filter((one) => before.includes(one))).toEqual([]);
});

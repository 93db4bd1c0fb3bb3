// npm, yarn and pnpm as scripts: the package manager and what it starts are one tree, in signals, in memory and in their end.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installed, INSTALL_HOOK_MS } from './kit/installed.ts';
import { freePort } from './kit/ports.ts';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const SERVER = `
  const server = require('node:http').createServer((request, response) => response.end(String(process.pid)));
  server.listen(process.env.PORT, () => console.log('listens', process.argv.slice(2).join('|')));
  process.on('SIGINT', () => { console.log('got SIGINT'); server.close(() => process.exit(0)); server.closeAllConnections(); });
`;

let site: Site;
beforeAll(async () => {
  const modules = await installed('package-scripts', ['yarn@1', 'pnpm@9']);
  site = createSite();
  const home = path.join(site.folder, 'home');
  const tmp = path.join(site.folder, 'tmp');
  for (const folder of [home, tmp]) fs.mkdirSync(folder);
  // They keep caches and settings in both.
  Object.assign(site.env, { HOME: home, TMPDIR: tmp, PATH: `${path.join(modules, '.bin')}:${site.env['PATH']}` });
  site.write('server.cjs', SERVER);
  site.write('package.json', '{ "name": "x", "version": "1.0.0", "private": true, "scripts": { "serve": "node server.cjs" } }');
}, INSTALL_HOOK_MS);
afterAll(() => site.dispose());

const rssOf = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;

it.each([
  ['npm in a shell line', { script: 'npm run serve -- --port "a b"' }],
  ['yarn', { script: 'yarn', args: 'run serve --port "a b"' }],
  ['pnpm', { script: 'pnpm', args: 'run serve --port "a b"', instances: 1 }],
])('%s: the signal reaches the server, its memory counts, and nothing is left', async (_, app) => {
  await site.run('delete', 'all');
  const port = await freePort();
  expect(await site.run('start', site.ecosystem({ name: 'web', kill_timeout: '30s', env: { PORT: port }, ...app }))).toMatchObject({
    code: 0,
  });
  const server = await waitFor('the server', async () => Number(await (await fetch(`http://127.0.0.1:${port}/`)).text()), {
    timeoutMs: 40_000,
  });
  const [instance] = await site.instances('web');
  expect(instance).toMatchObject({ mode: 'fork', status: 'online' });
  expect(instance!.pid).not.toBe(server);
  // It is measured now and then, and grows until then.
  await waitFor('the memory of both', async () => (await site.instances('web'))[0]!.memory > rssOf(instance!.pid!) + rssOf(server) / 2, {
    everyMs: 500,
  });

  expect(await site.run('stop', 'web')).toMatchObject({ code: 0 });
  const lines = (await site.logs('web')).map(({ text }) => text);
  expect(lines).toContain('listens --port|a b');
  expect(lines.filter((line) => line === 'got SIGINT')).not.toEqual([]);
  for (const pid of [instance!.pid!, server]) expect(fs.existsSync(`/proc/${pid}`)).toBe(false);
});

// A deploy of a release that does not work: the old one serves on, the exit code is 1, and the reason is one of the closed list.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { BROKEN_RELEASES } from './kit/broken-releases.ts';
import { createRelease, deploy } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
});
afterEach(() => site.dispose());

/** Gives up quickly; otherwise as it comes. */
const PATIENCE = { max_restarts: 1 };

async function start(settings: object): Promise<void> {
  const app = { name: 'web', instances: 2, env: { PORT: String(port) }, ...PATIENCE, ...settings };
  const result = await site.run('start', site.ecosystem(app));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

const pids = async (): Promise<number[]> => (await site.instances('web')).map(({ pid }) => pid!);
const folder = async (): Promise<string> => (JSON.parse((await ask({ port })).body) as { folder: string }).folder;

describe('a new version that', () => {
  it.each(BROKEN_RELEASES)('$what takes nothing from the old one', async ({ program, reason, says, settings }) => {
    createRelease(site, 'web', { fixture: 'releases/good.cjs' });
    await start({ script: 'app.js', cwd: path.join(site.folder, 'releases/web'), ...settings });
    const before = await site.instances('web');
    const seen = await expectNoFailedRequest(port, async () => {
      createRelease(site, 'web', program);
      const { code, operation, failure } = await deploy(site, 'reload', 'web');
      expect(code).toBe(1);
      expect(operation.state).toBe('failed');
      expect(failure).toMatchObject({ reason });
      expect(failure?.lines.join('\n')).toContain(says);
    });
    const after = await site.instances('web');
    expect(after.map(({ pid, restarts, status, inRotation }) => ({ pid, restarts, status, inRotation }))).toEqual(
      before.map(({ pid }) => ({ pid, restarts: 0, status: 'online', inRotation: true })),
    );
    expect([...seen.pids].sort()).toEqual(before.map(({ pid }) => pid!).sort());
    expect(site.processes().filter(({ command }) => command.includes('app.js'))).toHaveLength(2);
    const { alerts } = await site.apps();
    expect(alerts).toMatchObject([{ app: 'web', slot: null, text: expect.stringContaining(`: ${reason}: `) as string }]);
  });

  it('is broken is told to a person: reason, last lines, what goes on, what to type', async () => {
    createRelease(site, 'web', { fixture: 'releases/good.cjs' });
    await start({ script: 'app.js', cwd: path.join(site.folder, 'releases/web') });
    createRelease(site, 'web', { fixture: 'releases/crashes-at-start.cjs' });
    const { code, stdout, stderr } = await site.run('reload', 'web');
    expect(code).toBe(1);
    expect(stderr).toMatch(/crashed/);
    expect(stderr).toMatch(/exited with code \[3\]/);
    expect(stderr).toMatch(/^\s+no database$/m);
    expect(stderr).toMatch(/old version goes on serving \(2 of 2\)/i);
    expect(stderr).toMatch(/holdfast reload web/);
    expect(`${stdout}${stderr}`).not.toMatch(/undefined|\[object/);
    // A reload that succeeds takes the alert away.
    createRelease(site, 'web', { fixture: 'releases/good.cjs' });
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    expect((await site.apps()).alerts).toEqual([]);
  });

  it('is retried under the restart policy, and taken when a later run works', async () => {
    createRelease(site, 'web', { fixture: 'releases/good.cjs' });
    await start({ script: 'app.js', cwd: path.join(site.folder, 'releases/web'), max_restarts: 5 });
    const before = await pids();
    const good = fs.readFileSync(fixture('releases/good.cjs'), 'utf8');
    createRelease(site, 'web', {
      text: `if (!require('node:fs').existsSync('second')) { require('node:fs').writeFileSync('second', ''); process.exit(1); }\n${good}`,
    });
    await expectNoFailedRequest(port, async () => {
      expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    });
    expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
  });

  it('breaks only its second instance leaves both slots with the old version', async () => {
    createRelease(site, 'web', { fixture: 'releases/good.cjs' });
    await start({ script: 'app.js', cwd: path.join(site.folder, 'releases/web'), env: { PORT: String(port), COLOUR: 'old' } });
    const good = fs.readFileSync(fixture('releases/good.cjs'), 'utf8');
    const two = createRelease(site, 'two', { text: `if (process.env.NODE_APP_INSTANCE === '1') process.exit(4);\n${good}` });
    const config = site.ecosystem({ name: 'web', script: 'app.js', cwd: two, instances: 2, env: { PORT: String(port) }, ...PATIENCE });
    await expectNoFailedRequest(port, async () => {
      const { code, failure } = await deploy(site, 'reload', config);
      expect(code).toBe(1);
      expect(failure).toMatchObject({ reason: 'crashed', slot: 1 });
    });
    expect(new Set([await folder(), await folder()])).toEqual(new Set([`${site.folder}/releases/web`]));
    expect((await site.instances('web')).map(({ release, status }) => ({ release, status }))).toEqual([
      { release: 1, status: 'online' },
      { release: 1, status: 'online' },
    ]);
  });

  it('takes longer than rollout_timeout fails with that reason', async () => {
    createRelease(site, 'web', { fixture: 'releases/good.cjs' });
    await start({ script: 'app.js', cwd: path.join(site.folder, 'releases/web'), rollout_timeout: 1500 });
    const before = await pids();
    createRelease(site, 'web', { fixture: 'releases/never-listens.cjs' });
    const { code, failure } = await deploy(site, 'reload', 'web');
    expect(code).toBe(1);
    expect(failure).toMatchObject({ reason: 'rollout-timeout' });
    expect(await pids()).toEqual(before);
  });

  it('listens but never says that it is ready, with wait_ready, takes nothing from the old one', async () => {
    createRelease(site, 'web', { fixture: 'wait-ready.cjs' });
    const settings = { cwd: path.join(site.folder, 'releases/web'), wait_ready: true, listen_timeout: 2000 };
    await start({ script: 'app.js', ...settings, env: { PORT: String(port), READY_MS: '50' } });
    const before = await pids();
    const config = (env: object): string =>
      site.ecosystem({ name: 'web', script: 'app.js', instances: 2, max_restarts: 1, ...settings, env: { PORT: String(port), ...env } });
    await expectNoFailedRequest(port, async () => {
      const { code, failure } = await deploy(site, 'reload', config({}));
      expect(code).toBe(1);
      expect(failure).toMatchObject({ reason: 'not-ready', text: expect.stringContaining('no ready signal after 2 s') as string });
      expect(await pids()).toEqual(before);
      expect(await site.run('reload', config({ READY_MS: '300' }))).toMatchObject({ code: 0 });
    });
    expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
  });

  it('never listens is taken as online where reload_on_timeout is accept, as in PM2', async () => {
    createRelease(site, 'web', { fixture: 'releases/good.cjs' });
    await start({
      script: 'app.js',
      cwd: path.join(site.folder, 'releases/web'),
      reload_on_timeout: 'accept',
      listen_timeout: 300,
    });
    const before = await pids();
    createRelease(site, 'web', { fixture: 'releases/never-listens.cjs' });
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
  });
});

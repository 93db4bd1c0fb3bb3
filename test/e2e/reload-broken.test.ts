// A deploy of a release that does not work: the old one serves on, the exit code is 1, and the reason is one of the closed list.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RolloutFailure } from '../../src/model/rollout.ts';
import { ask } from './kit/ask.ts';
import { createRelease, deploy, switchTo } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
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

interface Broken {
  readonly what: string;
  readonly program: { readonly fixture: string } | { readonly text: string; readonly type?: 'module' };
  readonly reason: RolloutFailure;
  /** One of the successor's last lines. */
  readonly says: string;
  /** What this kind needs to be noticed. */
  readonly settings?: object;
}

const READINESS = { health: { readiness: { http: '/', interval: 100, timeout: 1000, failures: 1, start_period: 0 } } };

const BROKEN: readonly Broken[] = [
  { what: 'crashes at its start', program: { fixture: 'releases/crashes-at-start.cjs' }, reason: 'crashed', says: 'no database' },
  { what: 'has a syntax error', program: { text: 'const answer = ;\n' }, reason: 'crashed', says: "SyntaxError: Unexpected token ';'" },
  {
    what: 'is an ES module that fails to import',
    program: { text: "import './there-is-no-such-file.js';\n", type: 'module' },
    reason: 'crashed',
    says: 'ERR_MODULE_NOT_FOUND',
  },
  {
    what: 'never listens',
    program: { fixture: 'releases/never-listens.cjs' },
    reason: 'not-ready',
    says: 'waiting for a database',
    settings: { listen_timeout: 1000 },
  },
  {
    what: 'listens but its probe fails',
    program: { fixture: 'releases/not-ready.cjs' },
    reason: 'probe-failed',
    says: 'database is away',
    settings: { ...READINESS, listen_timeout: 2000 },
  },
  {
    what: 'works for 3 s and then crashes within bake_time',
    program: { fixture: 'releases/crashes-later.cjs' },
    reason: 'crashed-while-baking',
    says: 'out of licences',
    settings: { bake_time: 6000 },
  },
];

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
  it.each(BROKEN)('$what takes nothing from the old one', async ({ program, reason, says, settings }) => {
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

describe('a broken release behind a `current` symlink', () => {
  it('leaves every old instance with the release it came from, also when it crashes afterwards', { timeout: 120_000 }, async () => {
    createRelease(site, 'old', { fixture: 'releases/good.cjs' });
    switchTo(site, 'old');
    // Both together, so that one app can meet all kinds of broken releases.
    const settings = { ...READINESS, listen_timeout: 2000, bake_time: 5000, max_restarts: 2, min_uptime: 200, restart_window: 500 };
    await start({ script: 'current/app.js', ...settings });
    const old = path.join(site.folder, 'releases/old');
    for (const [index, { program, reason }] of BROKEN.entries()) {
      createRelease(site, `new-${index}`, program);
      const before = await pids();
      await expectNoFailedRequest(port, async () => {
        switchTo(site, `new-${index}`);
        const { code, failure } = await deploy(site, 'reload', 'web');
        expect(code).toBe(1);
        expect(failure).toMatchObject({ reason });
      });
      expect(await pids()).toEqual(before);
      const victim = before[index % 2]!;
      process.kill(victim, 'SIGKILL');
      await waitFor('its restart', async () => {
        const now = await site.instances('web');
        return now.every(({ status, pid, inRotation, healthy }) => status === 'online' && pid !== victim && inRotation && healthy);
      });
      expect([await folder(), await folder()]).toEqual([old, old]);
    }
  });

  it('is said to have vanished when the old folder is gone: the crashed instance comes back from what is there', async () => {
    createRelease(site, 'old', { fixture: 'releases/good.cjs' });
    createRelease(site, 'new', { fixture: 'releases/good.cjs' });
    switchTo(site, 'old');
    await start({ script: 'current/app.js', max_restarts: 5 });
    switchTo(site, 'new');
    fs.rmSync(path.join(site.folder, 'releases/old'), { recursive: true });
    const [victim] = await pids();
    process.kill(victim!, 'SIGKILL');
    await waitFor('the event', () => site.events('web').some(({ text }) => /releases\/old.* of its release is gone, using /.test(text)));
    await waitFor('its restart', async () =>
      (await site.instances('web')).every(({ status, pid }) => status === 'online' && pid !== victim),
    );
  });
});

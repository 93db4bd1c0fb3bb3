// One reload of several apps, of single instances, under PM2's other names, and what it shows while it runs and afterwards.
import { afterEach, beforeEach, expect, it } from 'vitest';
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

const web = (settings: object = {}): object => ({
  name: 'web',
  script: fixture('releases/good.cjs'),
  instances: 2,
  env: { PORT: String(port) },
  ...settings,
});
const worker = (settings: object = {}): object => ({ name: 'worker', script: fixture('idle.cjs'), min_uptime: 200, ...settings });

async function start(...apps: readonly object[]): Promise<string> {
  const config = site.ecosystem(...apps);
  const result = await site.run('start', config);
  expect(result, result.stderr).toMatchObject({ code: 0 });
  return config;
}

const pids = async (app: string): Promise<number[]> => (await site.instances(app)).map(({ pid }) => pid!);

it.each(['reload all', 'gracefulReload all', 'reload web worker', 'reload /^w/', 'reload default'])(
  'replaces every instance of both apps: %s',
  async (line) => {
    await start(web(), worker());
    const before = [...(await pids('web')), ...(await pids('worker'))];
    expect(await site.run(...line.split(' '))).toMatchObject({ code: 0 });
    const after = [...(await pids('web')), ...(await pids('worker'))];
    expect(after).toHaveLength(3);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  },
);

it.each(['startOrReload', 'startOrGracefulReload'])('starts what is not there and reloads what is: %s', async (verb) => {
  await start(web());
  const before = await pids('web');
  await expectNoFailedRequest(port, async () => {
    expect(await site.run(verb, site.ecosystem(web(), worker()))).toMatchObject({ code: 0 });
  });
  expect((await pids('web')).filter((pid) => before.includes(pid))).toEqual([]);
  expect(await site.instances('worker')).toMatchObject([{ status: 'online' }]);
});

it('replaces one instance by its id and leaves the others', async () => {
  await start(web());
  const [first, second] = await site.instances('web');
  await expectNoFailedRequest(port, async () => {
    expect(await site.run('reload', String(second!.id))).toMatchObject({ code: 0 });
  });
  const after = await site.instances('web');
  expect(after[0]!.pid).toBe(first!.pid);
  expect(after[1]!.pid).not.toBe(second!.pid);
  expect(after[1]!.id).toBe(second!.id);
});

it('of which one breaks exits with code 1, names it, and brings the other', async () => {
  const folder = createRelease(site, 'worker', { fixture: 'idle.cjs' });
  await start(web(), worker({ script: 'app.js', cwd: folder, max_restarts: 1, min_uptime: 2000 }));
  const before = { web: await pids('web'), worker: await pids('worker') };
  createRelease(site, 'worker', { fixture: 'releases/crashes-at-start.cjs' });
  const { code, operation } = await deploy(site, 'reload', 'web', 'worker');
  expect(code).toBe(1);
  expect(operation.rollouts.map(({ app, rollout }) => `${app} ${rollout.phase}`).sort()).toEqual(['web done', 'worker failed']);
  expect((await pids('web')).filter((pid) => before.web.includes(pid))).toEqual([]);
  expect(await pids('worker')).toEqual(before.worker);
});

it('tells each step with its time in a pipe, each event as an object a line with --json, and the whole afterwards in describe', async () => {
  await start(web());
  const { stdout, code } = await site.run('reload', 'web');
  expect(code).toBe(0);
  for (const slot of [0, 1])
    for (const step of [/ready/, /rotation/, /drained/, /stopped/])
      expect(stdout.split('\n').some((line) => line.includes(`web:${slot}`) && step.test(line) && /\d+ ?m?s/.test(line))).toBe(true);
  const { operation, events } = await deploy(site, 'reload', 'web');
  expect(operation).toMatchObject({ state: 'done', action: 'reload' });
  const kinds = events.map(({ kind }) => kind);
  expect(kinds).toContain('rollout-started');
  expect(kinds.filter((kind) => kind === 'rollout-step').length).toBeGreaterThanOrEqual(8);
  expect(kinds.at(-1)).toBe('rollout-done');
  const [{ rollout }] = operation.rollouts as [(typeof operation.rollouts)[number]];
  expect(rollout).toMatchObject({ phase: 'done', overlap: 'balanced', cause: 'reload', failure: null });
  expect(rollout.slots.map(({ slot, action, steps }) => ({ slot, action, steps: steps.map((step) => step.action) }))).toEqual(
    [0, 1].map((slot) => ({
      slot,
      action: null,
      steps: ['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop'],
    })),
  );
  const shown = await site.run('describe', 'web');
  expect(shown.stdout).toMatch(/reload/);
  expect(shown.stdout).toMatch(/release/i);
});

it('is not waited for with --no-wait', async () => {
  await start(web());
  const before = await pids('web');
  const result = await site.run('reload', 'web', '--no-wait');
  expect(result).toMatchObject({ code: 0 });
  expect(before.length).toBe(2);
  // A second one waits its turn: when it is over, so is the first.
  expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
  expect(site.events('web').filter(({ text }) => text.startsWith('reload done'))).toHaveLength(2);
});

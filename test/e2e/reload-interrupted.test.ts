// What comes between while a reload is under way: the CLI or the daemon is killed, another command of the same app is given, an instance is down.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstanceView } from '../../src/model/view.ts';
import { createRelease, deploy, readDeploy } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import type { Running } from './kit/run.ts';
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

/** Bakes for 1.5 s, so that there is a middle in which something can come between. */
async function start(settings: object = {}): Promise<void> {
  const app = {
    name: 'web',
    script: fixture('releases/good.cjs'),
    instances: 2,
    env: { PORT: String(port) },
    bake_time: 1500,
    ...settings,
  };
  const result = await site.run('start', site.ecosystem(app));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

const pidsOf = (instances: readonly InstanceView[]): number[] => instances.flatMap(({ pid }) => (pid === null ? [] : [pid]));
const pids = async (): Promise<number[]> => pidsOf(await site.instances('web'));
const rolloutOf = async () => (await site.apps()).apps.find(({ name }) => name === 'web')?.rollout ?? null;

/** Starts a reload beside the test; resolves when a successor runs and nothing of the old has been touched. */
async function reloadBeside(...words: readonly string[]): Promise<Running> {
  const running = site.follow('reload', 'web', ...words);
  await waitFor('a successor to run', async () =>
    (await site.instances('web')).some(({ role, pid }) => role === 'successor' && pid !== null),
  );
  return running;
}

const over = (): Promise<unknown> =>
  waitFor('the end of the rollout', async () => ['done', 'failed'].includes((await rolloutOf())?.phase ?? ''), { timeoutMs: 30_000 });

describe('a reload', () => {
  it('goes on when its CLI is killed with -9', async () => {
    await start();
    const before = await pids();
    await expectNoFailedRequest(port, async () => {
      await (await reloadBeside()).stop('SIGKILL');
      await over();
    });
    expect((await rolloutOf())?.phase).toBe('done');
    const after = await site.instances('web');
    expect(after.map(({ role, status }) => `${role} ${status}`)).toEqual(['current online', 'current online']);
    expect(pidsOf(after).filter((pid) => before.includes(pid))).toEqual([]);
  });

  it('goes on when Ctrl-C ends its CLI, which says so', async () => {
    await start();
    const result = await (await reloadBeside()).stop('SIGINT');
    expect(result.code).not.toBe(0);
    expect(result.stderr).toMatch(/goes on/);
    await over();
    expect((await rolloutOf())?.phase).toBe('done');
  });

  it('goes on when the daemon is killed with -9: ls is right at once, and the new release is adopted', async () => {
    createRelease(site, 'one', { fixture: 'releases/good.cjs' });
    createRelease(site, 'two', { fixture: 'releases/good.cjs' });
    const release = (name: string): object => ({ script: 'app.js', cwd: `${site.folder}/releases/${name}` });
    await start({ ...release('one'), bake_time: 4000 });
    const before = await pids();
    await expectNoFailedRequest(port, async () => {
      const app = { name: 'web', instances: 2, env: { PORT: String(port), COLOUR: 'two' }, bake_time: 4000, ...release('two') };
      const running = site.follow('reload', site.ecosystem(app));
      await waitFor('a successor', async () => (await site.instances('web')).some(({ role, pid }) => role === 'successor' && pid !== null));
      const { daemon } = await site.manager();
      process.kill(daemon.pid, 'SIGKILL');
      const { code, stderr } = await running.ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(/daemon/);
      const seen = await site.instances('web');
      expect(seen.filter(({ role }) => role === 'current').map(({ status }) => status)).toEqual(['online', 'online']);
      expect((await rolloutOf())?.phase).toBe('running');
      await over();
    });
    expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
    // Desired state: what is launched from now on, by name, after another death of the daemon, is the new one.
    const cwds = async (): Promise<string[]> =>
      (await site.apps()).apps.flatMap(({ releases }) => releases.filter(({ current }) => current).map(({ cwd }) => cwd));
    await waitFor('the new release to be current', async () => (await cwds())[0] === `${site.folder}/releases/two`);
    process.kill((await site.manager()).daemon.pid, 'SIGKILL');
    await waitFor('it to be remembered', async () => (await cwds())[0] === `${site.folder}/releases/two`);
    expect(await site.run('restart', 'web')).toMatchObject({ code: 0 });
    expect((await site.instances('web')).map(({ status }) => status)).toEqual(['online', 'online']);
  });

  it('that is to fail fails as well when the daemon is killed meanwhile, and the old release stays', async () => {
    createRelease(site, 'one', { fixture: 'releases/good.cjs' });
    createRelease(site, 'two', { fixture: 'releases/crashes-later.cjs' });
    const app = (name: string): object => ({
      name: 'web',
      script: 'app.js',
      cwd: `${site.folder}/releases/${name}`,
      instances: 2,
      env: { PORT: String(port), AFTER_MS: '1000' },
      bake_time: 5000,
      max_restarts: 1,
    });
    await start(app('one'));
    const before = await pids();
    await expectNoFailedRequest(port, async () => {
      const running = site.follow('reload', site.ecosystem(app('two')));
      await waitFor('a successor', async () => (await site.instances('web')).some(({ role, pid }) => role === 'successor' && pid !== null));
      process.kill((await site.manager()).daemon.pid, 'SIGKILL');
      await running.ended;
      await over();
    });
    expect((await rolloutOf())?.failure).toMatchObject({ reason: 'crashed-while-baking' });
    expect(await pids()).toEqual(before);
    expect((await site.apps()).apps[0]!.releases.find(({ current }) => current)?.cwd).toBe(`${site.folder}/releases/one`);
    expect((await site.apps()).alerts).toMatchObject([{ app: 'web' }]);
  });

  it('fails clearly when its host is killed with -9, and no request is lost: who serves goes on serving', async () => {
    await start();
    await expectNoFailedRequest(port, async () => {
      const reload = await reloadBeside('--json');
      const { hosts } = await site.manager();
      process.kill(hosts.find(({ apps }) => apps.includes('web'))!.pid, 'SIGKILL');
      const { code, operation } = readDeploy(await reload.ended);
      expect(code).toBe(1);
      expect(operation.error ?? operation.outcomes.map(({ text }) => text).join()).toMatch(/host/);
    });
    expect(await site.run('restart', 'web')).toMatchObject({ code: 0 });
    expect((await site.instances('web')).map(({ role, status }) => `${role} ${status}`)).toEqual(['current online', 'current online']);
    await waitFor('no other process of it', () => site.processes().filter(({ command }) => command.includes('good.cjs')).length === 2);
  });

  it('is followed by a second one that came meanwhile, which says what it waits for', async () => {
    // The second CLI has to be there before the first reload is over, also on a machine that is busy.
    await start({ bake_time: 4000 });
    const before = await pids();
    await expectNoFailedRequest(port, async () => {
      const first = await reloadBeside();
      const second = await site.run('reload', 'web');
      expect(second).toMatchObject({ code: 0 });
      expect(`${second.stdout}${second.stderr}`).toMatch(/reload of web/);
      expect(await first.ended).toMatchObject({ code: 0 });
    });
    expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
    expect(site.events('web').filter(({ text }) => text.startsWith('reload done'))).toHaveLength(2);
  });

  it.each(['stop', 'delete'])('ends when %s comes between, and leaves no process', async (verb) => {
    await start();
    const reload = await reloadBeside('--json');
    expect(await site.run(verb, 'web')).toMatchObject({ code: 0 });
    const { code, operation } = readDeploy(await reload.ended);
    expect(code).toBe(1);
    expect(operation.outcomes.map(({ ok, text }) => `${ok} ${text}`)).toEqual([
      'false a later command stopped it',
      'false a later command stopped it',
    ]);
    expect(site.processes().filter(({ command }) => command.includes('good.cjs'))).toEqual([]);
    const left = await site.instances('web');
    expect(left.map(({ status, role }) => `${role} ${status}`)).toEqual(verb === 'stop' ? ['current stopped', 'current stopped'] : []);
    await waitFor('it to be told', () => site.events('web').some(({ text }) => text === `reload ended: a ${verb} was asked for meanwhile`));
    expect((await site.apps()).alerts).toEqual([]);
  });

  it('is waited for by a restart, which says so and brings every instance up again', async () => {
    await start();
    const reload = await reloadBeside('--json');
    const seen = pidsOf(await site.instances('web'));
    const restarted = await site.run('restart', 'web');
    expect(restarted).toMatchObject({ code: 0 });
    expect(restarted.stdout).toContain('waits for reload of web');
    expect(readDeploy(await reload.ended)).toMatchObject({ code: 0, operation: { state: 'done' } });
    const after = await site.instances('web');
    expect(after.map(({ role, status }) => `${role} ${status}`)).toEqual(['current online', 'current online']);
    expect(pidsOf(after).filter((pid) => seen.includes(pid))).toEqual([]);
    await waitFor('no other process of it', () => site.processes().filter(({ command }) => command.includes('good.cjs')).length === 2);
  });

  it('survives the crash of an old instance meanwhile', async () => {
    await start();
    const before = await pids();
    const reload = await reloadBeside();
    process.kill(before[1]!, 'SIGKILL');
    expect(await reload.ended).toMatchObject({ code: 0 });
    const after = await site.instances('web');
    expect(after.map(({ role, status }) => `${role} ${status}`)).toEqual(['current online', 'current online']);
    expect(site.processes().filter(({ command }) => command.includes('good.cjs'))).toHaveLength(2);
  });
});

describe('reload of an app that', () => {
  it('is stopped starts it', async () => {
    await start({ bake_time: 0 });
    await site.run('stop', 'web');
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    expect((await site.instances('web')).map(({ status }) => status)).toEqual(['online', 'online']);
  });

  it('is half up leaves no gap in what is up', async () => {
    await start({ bake_time: 0 });
    const ids = (await site.instances('web')).map(({ id }) => id);
    await site.run('stop', String(ids[1]));
    const before = await pids();
    expect(before).toHaveLength(1);
    await expectNoFailedRequest(port, async () => {
      expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    });
    expect((await site.instances('web')).map(({ status, id }) => ({ status, id }))).toEqual(ids.map((id) => ({ status: 'online', id })));
    expect(await pids()).not.toContain(before[0]);
  });

  it('is errored starts it with what is right by now', async () => {
    const folder = createRelease(site, 'web', { fixture: 'releases/crashes-at-start.cjs' });
    const app = { name: 'web', script: 'app.js', cwd: folder, instances: 2, env: { PORT: String(port) }, max_restarts: 1 };
    await site.run('start', site.ecosystem(app));
    await waitFor('errored', async () => (await site.instances('web')).every(({ status }) => status === 'errored'));
    const failed = await deploy(site, 'reload', 'web');
    expect(failed.code).toBe(1);
    createRelease(site, 'web', { fixture: 'releases/good.cjs' });
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    expect((await site.instances('web')).map(({ status }) => status)).toEqual(['online', 'online']);
    expect((await site.apps()).alerts).toEqual([]);
  });

  it('is not there is refused, with the one that was meant', async () => {
    await start({ bake_time: 0 });
    const before = await pids();
    const result = await site.run('reload', 'wbe');
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/wbe.*did you mean web/s);
    expect(await pids()).toEqual(before);
    expect(before.every(isAlive)).toBe(true);
  });
});

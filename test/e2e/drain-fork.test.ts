// Fork mode: an instance that leaves refuses new connections and finishes those that it has, without a line of shutdown code.
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

describe('an instance', () => {
  let host: MiniHost;
  const isRefused = (error: NodeJS.ErrnoException): boolean => error.code === 'ECONNREFUSED';
  afterEach(() => host.dispose());
  afterAll(removeBundles);

  async function start(script: string, env: Readonly<Record<string, string>> = {}): Promise<number> {
    const port = await freePort();
    host = startMiniHost({ script: app(script), mode: 'fork', env: { PORT: String(port), ...env }, instances: 1 });
    await waitFor('it to listen', () => host.seen('said', 1).some(({ message }) => message.act === 'listens'));
    return port;
  }

  it('finishes what it has and refuses what comes', async () => {
    const port = await start('drain/ways.cjs', { MS: '1000' });
    const slow = Array.from({ length: 5 }, (_, nth) => ask({ port, path: `/${nth}` }));
    expect((await ask({ port, path: '/now' })).status).toBe(200);
    const drained = host.drain(1, 100, 5000);
    let taken = 0;
    await waitFor('a refused connection', () => ask({ port, path: '/now' }).then(() => ++taken === 0, isRefused));
    const answers = await Promise.all(slow);
    expect(answers.map(({ status, headers }) => [status, headers.connection])).toEqual(answers.map(() => [200, 'close']));
    const { finished, cut } = await drained;
    expect(finished).toBeGreaterThanOrEqual(5);
    expect(finished).toBeLessThanOrEqual(5 + taken);
    expect(cut).toBe(0);
  });

  it('lets the app close its server afterwards as if it had listened all the time', async () => {
    await start('drain/closes-itself.cjs');
    expect(await host.drain(1, 100, 5000)).toMatchObject({ finished: 0, idleClosed: 0, cut: 0 });
    process.kill(host.pidOf(1), 'SIGINT');
    expect(await host.wait('exited')).toMatchObject({ code: 0 });
    expect(host.output(1)).toMatch(/^closing on SIGINT\nclosed\n$/);
  });

  it('that was draining serves again when its host is killed, for nobody is left to replace it', async () => {
    const port = await start('drain/ways.cjs', { MS: '1000' });
    const slow = ask({ port, path: '/slow' });
    expect((await ask({ port, path: '/now' })).status).toBe(200);
    host.tell({ do: 'drain', key: 1, idleMs: 60_000, timeoutMs: 60_000 });
    await waitFor('a refused connection', () => ask({ port, path: '/now' }).then(() => false, isRefused));
    await host.kill();
    await waitFor('an answer', () => ask({ port, path: '/now' }).then(({ status }) => status === 200));
    expect((await slow).status).toBe(200);
    // As ever it closes when the app says so.
    process.kill(host.pidOf(1), 'SIGINT');
    await waitFor('its end', () => !isAlive(host.pidOf(1)));
    // Its first thread is gone sooner than the last one, which holds its sockets.
    await waitFor('a refused connection', () => ask({ port }).then(() => false, isRefused));
  });
});

describe('an app', () => {
  let site: Site;
  beforeEach(() => void (site = createSite()));
  afterEach(() => site.dispose());

  it.each(['restart', 'reload', 'stop'])('loses no request that it has taken in a %s', async (command) => {
    const port = await freePort();
    const script = fixture('drain/ways.cjs');
    const web = { name: 'web', script, exec_mode: 'fork', min_uptime: 200, env: { PORT: String(port), MS: '4000' } };
    expect(await site.run('start', site.ecosystem(web))).toMatchObject({ code: 0 });
    await waitFor('it to listen', () => ask({ port, path: '/now' }));
    const slow = Array.from({ length: 20 }, () => ask({ port, path: '/slow' }));
    expect((await ask({ port, path: '/now' })).status).toBe(200);
    expect(await site.run(command, 'web')).toMatchObject({ code: 0 });
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(slow.map(() => 200));
    const drained = site.events('web').map(({ text }) => /^drained in .*: (\d+) finished, \d+ idle closed, 0 cut off$/.exec(text)?.[1]);
    expect(drained.filter((count) => count !== undefined)).toEqual(['20']);
  });

  it('that listens on nothing is not drained', async () => {
    expect(await site.run('start', site.ecosystem({ name: 'worker', script: fixture('idle.cjs'), exec_mode: 'fork' }))).toMatchObject({
      code: 0,
    });
    expect(await site.run('stop', 'worker')).toMatchObject({ code: 0 });
    expect(site.events('worker').filter(({ text }) => /drain/.test(text))).toEqual([]);
  });
});

// What an app and its relatives notice of the preload: as little as can be. And what the supervisor learns of the app's end.
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost, MiniOptions } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
afterEach(() => host.dispose());
afterAll(removeBundles);

async function start(script: string, env: Readonly<Record<string, string>> = {}, more: Partial<MiniOptions> = {}): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app(`balance/${script}`), env: { PORT: String(port), ...env }, ...more });
  return port;
}

describe('relatives of an instance', () => {
  it.each(['/fork', '/thread'])('(%s) know nothing of the preload, and listen on sockets of their own', async (path) => {
    const port = await start('family.cjs', {}, { instances: 1, nodeArgs: ['--no-warnings'] });
    await host.ready();
    const answer = JSON.parse((await ask({ port, path })).body);
    expect(answer).toMatchObject({ env: [], port: expect.any(Number), parent: { execArgv: ['--no-warnings'], env: [], isWorker: true } });
    expect(answer.port).not.toBe(port);
    if (path === '/fork') expect(answer).toMatchObject({ execArgv: ['--no-warnings'], isWorker: false });
    expect(host.seen('listening')).toHaveLength(1);
  });
});

describe('messages', () => {
  it('of the app go both ways, and ours are not among them', async () => {
    const port = await start('hears.cjs', {}, { instances: 1 });
    await host.ready();
    host.tell({ do: 'send', key: 1, message: { hello: 1 } });
    expect(await host.wait('app-message')).toMatchObject({ message: { heard: { hello: 1 } } });
    for (let nth = 0; nth < 3; nth += 1) await ask({ port });
    expect(JSON.parse((await ask({ port })).body)).toEqual([{ hello: 1 }]);
    expect(host.seen('app-message')).toHaveLength(1);
  });

  it('begin with a hello that names the version of Node', async () => {
    await start('hears.cjs', {}, { instances: 1 });
    expect(await host.wait('said')).toMatchObject({ message: { act: 'hello', nodeVersion: process.version } });
  });
});

describe('an app that disconnects by itself', () => {
  it('with process.disconnect() ends, as under node:cluster, and its listeners hear of it', async () => {
    const port = await start('disconnects.cjs', {}, { instances: 1 });
    await host.ready();
    await ask({ port, path: '/process' });
    expect(await host.wait('exited')).toMatchObject({ code: 0, signal: null });
    expect(host.output(1)).toBe('worker heard\nprocess heard\n'.slice(0, host.output(1).length));
    expect(host.output(1)).toContain('worker heard');
  });

  it('with cluster.worker.disconnect() stops listening, finishes what is open, and ends', async () => {
    const port = await start('disconnects.cjs');
    await host.ready();
    const first = Number((await ask({ port, path: '/worker' })).body);
    const { key } = await host.wait('exited');
    expect(host.pidOf(key)).toBe(first);
    expect(host.seen('exited')).toMatchObject([{ code: 0, signal: null }]);
    expect(host.output(key)).toContain('process heard');
    for (let nth = 0; nth < 4; nth += 1) expect(Number((await ask({ port })).body)).toBe(host.pidOf(3 - key));
  });

  it('with cluster.worker.kill() ends', async () => {
    const port = await start('disconnects.cjs', {}, { instances: 1 });
    await host.ready();
    await ask({ port, path: '/kill' });
    expect(await host.wait('exited')).toMatchObject({ code: 0, signal: null });
  });
});

describe('an app that has begun to exit and goes on after all', () => {
  it('hears everything that its supervisor says, also where several words come at once', async () => {
    const port = await freePort();
    host = startMiniHost({ script: app('exit-that-fails.cjs'), env: { PORT: String(port) }, instances: 1 });
    await host.ready();
    await ask({ port, path: '/exit' });
    await host.wait('said', ({ message }) => message.act === 'exiting' && !message.on);
    // What it is told meanwhile it reads in one piece.
    process.kill(host.pidOf(1), 'SIGSTOP');
    for (let word = 0; word < 3; word += 1) host.tell({ do: 'watch-loop', key: 1, everyMs: 60_000, limitMs: 60_000 });
    host.tell({ do: 'leave', key: 1 });
    host.tell({ do: 'watch-loop', key: 1, everyMs: 10, limitMs: 60_000 });
    await host.look();
    process.kill(host.pidOf(1), 'SIGCONT');
    host.tell({ do: 'join', key: 1 });
    expect((await ask({ port })).status).toBe(200);
    await host.wait('said', ({ message }) => message.act === 'beat');
  });
});

describe('the error that ends an app', () => {
  const uncaught = async (): Promise<Record<string, unknown>> => {
    const { message } = await host.wait('said', (event) => event.message.act === 'uncaught');
    return message as unknown as Record<string, unknown>;
  };

  describe.each(['cluster', 'fork'] as const)('in %s mode', (mode) => {
    it.each([
      ['an exception', 'throw', { name: 'TypeError', message: 'first line', code: null, port: null }, 1],
      ['an unhandled rejection', 'reject', { name: 'RangeError', message: 'rejected' }, 1],
      ['a rejection with anything', 'reject-text', { code: 'ERR_UNHANDLED_REJECTION', message: expect.stringContaining('only text') }, 1],
      ['an error that the app handles by exiting', 'handled', { name: 'TypeError', message: 'first line' }, 4],
      ['an error that cannot be looked at', 'strange', { name: 'Error', message: '' }, 1],
    ])('is told: %s', async (_, HOW, what, code) => {
      await start('fails.cjs', { HOW }, { instances: 1, mode });
      expect(await uncaught()).toMatchObject(what);
      expect(await host.wait('exited')).toMatchObject({ code });
      expect(host.seen('said').filter(({ message }) => message.act === 'uncaught')).toHaveLength(1);
    });

    it.each([
      ['bad-import.mjs', { code: 'ERR_MODULE_NOT_FOUND', message: expect.stringContaining('not-there.mjs') }],
      ['top-level-throw.mjs', { name: 'SyntaxError', message: 'at the top' }],
    ])('is told: an ES module that fails to load (%s)', async (script, what) => {
      await start(script, {}, { instances: 1, mode });
      expect(await uncaught()).toMatchObject(what);
      expect(await host.wait('exited')).toMatchObject({ code: 1 });
    });

    it('is told: a port in use, with its number', async () => {
      const port = await start('fails.cjs', { HOW: 'busy' }, { instances: 2, mode });
      expect(await uncaught()).toMatchObject({ code: 'EADDRINUSE', port });
    });

    it('is not told when the app survives it', async () => {
      await start('fails.cjs', { HOW: 'survived' }, { instances: 1, mode });
      expect(await host.wait('exited')).toMatchObject({ code: 0 });
      expect(host.seen('said').map(({ message }) => message.act)).not.toContain('uncaught');
    });
  });
});

describe('source maps', () => {
  it.each(['1', ''])('are used when the launcher asks for it (%s), and the variable is gone', async (wanted) => {
    await start('sees-source-maps.cjs', wanted === '' ? {} : { HOLDFAST_SOURCE_MAPS: wanted }, { instances: 1 });
    await waitFor('the output', () => host.output(1).includes('\n'));
    expect(JSON.parse(host.output(1))).toEqual({ enabled: wanted === '1', left: null });
  });
});

// The host is killed: its instances go on accepting on their copies of the socket, and neither clients nor the app notice.
import { once } from 'node:events';
import fs from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ask, askInTurn } from './kit/ask.ts';
import { startLoad } from './kit/load.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost, MiniOptions } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
afterEach(() => host.dispose());
afterAll(removeBundles);

async function start(script: string, env: Readonly<Record<string, string>> = {}, more: Partial<MiniOptions> = {}): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app(`balance/${script}`), env: { PORT: String(port), ...env }, ...more });
  await host.ready();
  return port;
}

const bothLive = (): boolean => [1, 2].every((key) => isAlive(host.pidOf(key)));

describe('after kill -9 of the host', () => {
  it.each([true, false])('under load no request fails, and both instances answer (keep-alive %s)', async (keepAlive) => {
    const port = await start('blocks.cjs');
    const load = await startLoad({ port, keepAlive });
    await waitFor('some answers', async () => (await load.report()).ok > 500);
    await host.kill();
    const { ok, pids } = await load.report();
    const since = async (key: number): Promise<number> => ((await load.report()).pids[host.pidOf(key)] ?? 0) - (pids[host.pidOf(key)] ?? 0);
    await waitFor('more answers', async () => (await load.report()).ok > ok + 2000, { timeoutMs: 60_000 });
    if (!keepAlive) await waitFor('answers of both', async () => (await since(1)) > 0 && (await since(2)) > 0);
    expect((await load.stop()).failures).toEqual([]);
    expect(bothLive()).toBe(true);
  });

  /** Neither takes anything until `goOn`. */
  function holdUp(): { goOn: () => void } {
    const signal = (name: NodeJS.Signals): void => [1, 2].forEach((key) => process.kill(host.pidOf(key), name));
    signal('SIGSTOP');
    return { goOn: () => signal('SIGCONT') };
  }

  it('while all are busy, what came meanwhile is served too: it waits in the kernel', async () => {
    const port = await start('blocks.cjs');
    const { goOn } = holdUp();
    const connected = Array.from({ length: 200 }, async () => {
      const socket = net.connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    });
    const sockets = await Promise.all(connected);
    await host.kill();
    goOn();
    const answers = sockets.map(async (socket) => {
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      return String((await once(socket, 'data'))[0]).split('\r\n')[0];
    });
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
  });

  it('an app that sends messages and writes output with every request, and ends on disconnect, goes on', async () => {
    const port = await start('chatty.cjs');
    const load = await startLoad({ port, keepAlive: false });
    await host.kill();
    const { ok } = await load.report();
    await waitFor('more answers', async () => (await load.report()).ok > ok + 500);
    expect((await load.stop()).failures).toEqual([]);
    expect(bothLive()).toBe(true);
    // Libraries end the process where it is not.
    expect((await ask({ port, path: '/unread' })).body).toBe('true');
  });

  it('open connections of every kind stay open', async () => {
    const port = await start('net-echo.cjs');
    const socket = net.connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('data', resolve));
    await host.kill();
    const echo = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    socket.write('still there');
    expect(await echo).toBe('still there');
    socket.destroy();
    // A new one too, from whoever is quicker.
    const other = net.connect(port, '127.0.0.1');
    const pid = await new Promise<string>((resolve) => other.once('data', (chunk) => resolve(String(chunk).trim())));
    expect([String(host.pidOf(1)), String(host.pidOf(2))]).toContain(pid);
    other.destroy();
  });

  it('so do five thousand, each where it was', async () => {
    const port = await start('net-echo.cjs');
    const sockets: { readonly socket: net.Socket; readonly pid: string }[] = [];
    const open = async (): Promise<void> => {
      const socket = net.connect(port, '127.0.0.1');
      const [pid] = (await once(socket, 'data')) as [Buffer];
      sockets.push({ socket, pid: String(pid).trim() });
    };
    while (sockets.length < 5000) await Promise.all(Array.from({ length: 250 }, open));
    await host.kill();
    const echoes = sockets.map(async ({ socket, pid }) => {
      socket.write(pid);
      return String((await once(socket, 'data'))[0]) === pid;
    });
    expect((await Promise.all(echoes)).filter(Boolean)).toHaveLength(5000);
    for (const { socket } of sockets) socket.destroy();
  });

  it('every socket of an app is served, TCP, HTTP/2 and Unix path alike', async () => {
    const second = await freePort();
    const port = await start('two-ports.cjs', { PORT2: String(second) });
    await host.kill();
    expect((await ask({ port })).body).toMatch(/^PORT /);
    expect((await ask({ port: second })).body).toMatch(/^PORT2 /);
  });

  it('HTTP/2 sessions go on and new ones begin', async () => {
    const port = await start('http2.cjs', { TLS_FOLDER: '' });
    const statusOn = (session: http2.ClientHttp2Session): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const request = session.on('error', reject).request({ ':path': '/' });
        request.on('error', reject).once('response', (headers) => resolve(headers[':status']));
        request.resume();
      });
    const old = http2.connect(`http://127.0.0.1:${port}`);
    // A connection is in an instance for certain when it has been answered.
    expect(await statusOn(old)).toBe(200);
    await host.kill();
    const fresh = http2.connect(`http://127.0.0.1:${port}`);
    for (const session of [old, fresh]) {
      expect(await statusOn(session)).toBe(200);
      session.destroy();
    }
  });

  it('a Unix path stays where it is', async () => {
    const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'hf-death-'));
    const socketPath = path.join(folder, 'app.sock');
    host = startMiniHost({ script: app('balance/listens-as.cjs'), env: { LISTEN: JSON.stringify([socketPath]) } });
    await host.ready();
    await host.kill();
    const pids = await askInTurn(4, { socketPath });
    expect([String(host.pidOf(1)), String(host.pidOf(2))]).toEqual(expect.arrayContaining([...new Set(pids)]));
    fs.rmSync(folder, { recursive: true });
  });

  it('a server that the app closes refuses connections as under Node', async () => {
    const port = await start('closes.cjs', {}, { instances: 1 });
    await host.kill();
    expect((await ask({ port })).body).toBe('bye');
    // Its last socket and its channel are closed: nothing is left to do.
    await waitFor('the app to end', () => !isAlive(host.pidOf(1)));
    await expect(ask({ port })).rejects.toThrow('ECONNREFUSED');
  });

  it('an instance that was draining serves again, for nobody is left to replace it', async () => {
    const port = await start('keeps-alive.cjs', {}, { instances: 1 });
    const agent = await import('node:http').then(({ Agent }) => new Agent({ keepAlive: true, maxSockets: 1 }));
    await ask({ port, agent });
    host.tell({ do: 'drain', key: 1, idleMs: 60_000, timeoutMs: 60_000 });
    await host.look();
    await host.kill();
    await waitFor('connections to be kept again', async () => (await ask({ port, agent })).headers.connection === 'keep-alive');
    agent.destroy();
  });
});

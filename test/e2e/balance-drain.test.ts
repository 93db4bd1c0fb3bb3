// Drain: what is under way finishes, clients are told to go, idle connections are closed last, and nothing waits for ever.
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import type { Answer } from './kit/ask.ts';
import { makeCertificate } from './kit/certificate.ts';
import { startLoad } from './kit/load.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost, MiniOptions } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
const agents: http.Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await host.dispose();
});
afterAll(removeBundles);

const folder = makeCertificate();
afterAll(() => fs.rmSync(folder, { recursive: true }));

async function start(script: string, env: Readonly<Record<string, string>> = {}, more: Partial<MiniOptions> = {}): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app(script), env: { PORT: String(port), TLS_FOLDER: folder, ...env }, instances: 1, ...more });
  await host.ready();
  return port;
}

function keepAlive(): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

describe('a drain', () => {
  it('is instant when no connection is open', async () => {
    await start('http-server.cjs');
    expect(await host.drain(1, 1000, 5000)).toEqual({
      finished: 0,
      idleClosed: 0,
      cut: 0,
      toldToGo: 0,
      tookMs: expect.toSatisfy((ms: number) => ms < 100),
    });
  });

  it('lets a request finish and tells its client to go', async () => {
    const port = await start('http-server.cjs');
    const answer = ask({ port, path: '/slow?ms=1500', agent: keepAlive() });
    await waitFor('the request to be under way', async () => (await openConnections(port)) === 1);
    const report = await host.drain(1, 1000, 5000);
    expect((await answer).headers).toMatchObject({ connection: 'close' });
    expect(report).toMatchObject({ finished: 1, idleClosed: 0, cut: 0 });
    expect(report.tookMs).toBeLessThan(3000);
  });

  it.each(['/', '/object', '/pairs', '/flat', '/header', '/both', '/removed'])(
    'answers a request on an idle connection with Connection: close, whatever the app says (%s)',
    async (path) => {
      const port = await start('balance/keeps-alive.cjs');
      const agent = keepAlive();
      expect((await ask({ port, path, agent })).headers.connection).not.toBe('close');
      const drained = host.drain(1, 2000, 5000);
      // The drain has begun when the host has passed it on: what is asked now comes after it, or on the same connection before its end.
      await host.look();
      let answer: Answer = await ask({ port, path, agent });
      if (answer.headers.connection !== 'close') answer = await ask({ port, path, agent });
      expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' }, body: `ok ${host.pidOf(1)}` });
      expect(await drained).toMatchObject({ finished: 1, idleClosed: 0, cut: 0 });
    },
  );

  it('closes idle connections last, after the time of patience', async () => {
    const port = await start('http-server.cjs');
    await ask({ port, agent: keepAlive() });
    const never = net.connect(port, '127.0.0.1');
    await new Promise((resolve) => never.once('connect', resolve));
    const ended = new Promise((resolve) => never.once('close', resolve));
    never.resume();
    await waitFor('both connections to be in the instance', async () => (await openConnections(port)) === 2);
    const report = await host.drain(1, 300, 5000);
    expect(report).toMatchObject({ finished: 0, idleClosed: 2, cut: 0 });
    expect(report.tookMs).toBeGreaterThanOrEqual(300);
    expect(report.tookMs).toBeLessThan(4000);
    await ended;
  });

  it('has patience too with a connection that becomes idle while it lasts', async () => {
    const port = await start('balance/keeps-alive.cjs');
    const agent = keepAlive();
    // Its head, which says keep-alive, is out before the drain begins.
    const slow = ask({ port, path: '/slow', agent });
    await waitFor('the head to be out', async () => (await openConnections(port)) === 1);
    const drained = host.drain(1, 2000, 10_000);
    await slow;
    expect(await ask({ port, agent })).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect(await drained).toMatchObject({ finished: 1, idleClosed: 0, cut: 0 });
  });

  it('cuts off what is not done in time', async () => {
    const port = await start('http-server.cjs');
    const answer = ask({ port, path: '/slow?ms=5000' }).catch((error: NodeJS.ErrnoException) => error.code);
    await waitFor('the request to be under way', async () => (await openConnections(port)) === 1);
    const report = await host.drain(1, 100, 300);
    expect(report).toMatchObject({ finished: 0, idleClosed: 0, cut: 1 });
    expect(report.tookMs).toBeLessThan(4000);
    expect(await answer).toBe('ECONNRESET');
  });

  it('waits for the end of plain TCP connections, no longer than the time-out', async () => {
    const port = await start('balance/net-echo.cjs');
    const sockets = [net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1')];
    for (const socket of sockets) await new Promise((resolve) => socket.once('data', resolve));
    const drained = host.drain(1, 50, 600);
    sockets[0]!.end();
    const report = await drained;
    expect(report).toMatchObject({ idleClosed: 0, cut: 1 });
    expect(report.tookMs).toBeGreaterThanOrEqual(600);
  });

  it('works under HTTPS', async () => {
    const port = await start('balance/https.cjs');
    const answer = ask({ port, path: '/slow', rejectUnauthorized: false }, 'https');
    const idle = net
      .connect(port, '127.0.0.1')
      .resume()
      .on('error', () => {});
    await waitFor('the connections to be there', async () => (await openConnections(port)) === 2);
    const report = await host.drain(1, 100, 6000);
    expect((await answer).headers.connection).toBe('close');
    idle.destroy();
    expect(report).toMatchObject({ finished: 1 });
  });

  it.each([
    ['without TLS', 'http', ''],
    ['with TLS', 'https', folder],
  ])('tells HTTP/2 clients to go (%s): open streams finish, a new one on its way is still answered', async (_, protocol, TLS_FOLDER) => {
    const port = await start('balance/http2.cjs', { TLS_FOLDER });
    const session = http2.connect(`${protocol}://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const closed = new Promise((resolve) => session.once('close', resolve));
    const goaway = new Promise<number>((resolve) => session.once('goaway', resolve));
    const request = session.request({ ':path': '/slow' });
    const body = new Promise<string>((resolve, reject) => {
      let text = '';
      request
        .setEncoding('utf8')
        .on('data', (chunk) => (text += chunk))
        .on('end', () => resolve(text))
        .on('error', reject);
    });
    await waitFor('the session to be there', async () => (await openConnections(port)) === 1);
    const drained = host.drain(1, 50, 5000);
    expect(await goaway).toBe(0);
    expect(await body).toBe(String(host.pidOf(1)));
    await closed;
    expect(await drained).toMatchObject({ finished: 1, idleClosed: 0, cut: 0, toldToGo: 0 });
  });
});

describe('draining one instance after the other under load', () => {
  it.each([true, false])('fails no request (keep-alive %s)', async (keep) => {
    const port = await start('balance/keeps-alive.cjs', {}, { instances: 2, joins: 'by hand' });
    for (const key of [1, 2]) host.tell({ do: 'join', key });
    const load = await startLoad({ port, keepAlive: keep, path: '/object' });
    let key = 1;
    for (let round = 0; round < 4; round += 1, key += 1) {
      host.tell({ do: 'launch' });
      await waitFor('the successor', () => host.seen('listening', key + 2).length > 0);
      host.tell({ do: 'join', key: key + 2 });
      expect(await host.drain(key, 300, 5000)).toMatchObject({ cut: 0 });
      process.kill(host.pidOf(key), 'SIGKILL');
      const gone = key;
      await host.wait('exited', (event) => event.key === gone);
    }
    expect(await load.stop()).toMatchObject({ failed: 0, errors: {} });
  });
});

/** Established connections to a port, as the kernel sees the server's side (proc(5): /proc/net/tcp, state 01). */
async function openConnections(port: number): Promise<number> {
  // A connection is established before the instance has it: one answer more and it has.
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => fs.readFileSync(file, 'utf8').split('\n'));
  const count = lines.filter((line) => new RegExp(`:${hex} [0-9A-F]+:[0-9A-F]{4} 01 `).test(line)).length;
  await host.look();
  return count;
}

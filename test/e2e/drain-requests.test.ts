// Requests of every kind that are under way when an instance leaves come to their end, and the report counts them all.
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import type { Answer } from './kit/ask.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
const agents: http.Agent[] = [];
const sockets: net.Socket[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
  await host.dispose();
});
afterAll(removeBundles);

async function start(env: Readonly<Record<string, string>> = {}, script = 'drain/ways.cjs'): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app(script), env: { PORT: String(port), ...env }, instances: 1 });
  await host.ready();
  return port;
}

/** A client that writes its requests itself. */
async function connect(to: number | string): Promise<{ readonly socket: net.Socket; readonly text: () => string }> {
  const socket = typeof to === 'number' ? net.connect(to, '127.0.0.1') : net.connect(to);
  sockets.push(socket);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  await once(socket, 'connect');
  return { socket, text: () => text };
}

const toEnd = (socket: net.Socket): Promise<true> => waitFor('the end', () => socket.readableEnded);
const get = (url: string): string => `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`;
const countOf = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

/** All that was sent so far is in the instance when it has answered what was sent later. */
async function settle(port: number): Promise<void> {
  expect((await ask({ port, path: '/now' })).status).toBe(200);
}

/** Tells the instance to drain, on which an own connection then sees it at work. That one counts as finished. */
async function beginDrain(port: number, idleMs: number): Promise<ReturnType<MiniHost['drain']>[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  await ask({ port, path: '/now', agent });
  const drained = host.drain(1, idleMs, 5000);
  await waitFor('the drain to begin', async () => (await ask({ port, path: '/now', agent })).headers.connection === 'close');
  // A promise that is returned would be waited for.
  return [drained];
}

it.each([
  [20, 500],
  [10, 5000],
])('finishes %i requests of %i ms', async (count, ms) => {
  const port = await start({ MS: String(ms) });
  const agent = new http.Agent({ keepAlive: true });
  agents.push(agent);
  const answers: Promise<Answer>[] = [];
  for (let nth = 0; nth < count; nth += 1) answers.push(ask({ port, path: `/${nth}`, agent: nth % 2 === 0 ? agent : false }));
  const idle = await connect(port);
  await settle(port);
  const report = await host.drain(1, 200, 10_000);
  expect((await Promise.all(answers)).map(({ status, headers, body }) => [status, headers.connection, body])).toEqual(
    Array.from({ length: count }, (_, nth) => [200, 'close', `/${nth} ${host.pidOf(1)}`]),
  );
  expect(report).toMatchObject({ finished: count, idleClosed: 1, cut: 0, toldToGo: 0 });
  expect(report.tookMs).toBeLessThan(ms + 3000);
  await toEnd(idle.socket);
});

it('closes idle connections last: what comes on one while others are at work is answered, however long that takes', async () => {
  const port = await start({ MS: '1500' });
  const [slow, idle] = [await connect(port), await connect(port)];
  slow.socket.write(get('/slow'));
  idle.socket.write(get('/now'));
  await waitFor('the first answer', () => idle.text().endsWith(String(host.pidOf(1))));
  await settle(port);
  const [drained] = await beginDrain(port, 50);
  const since = performance.now();
  await waitFor('the patience to be over many times', () => performance.now() - since > 500);
  expect(idle.socket.readableEnded).toBe(false);
  idle.socket.write(get('/now'));
  await toEnd(idle.socket);
  expect(countOf(idle.text(), /Connection: close/g)).toBe(1);
  expect(countOf(idle.text(), /HTTP\/1.1 200 OK/g)).toBe(2);
  expect(await drained).toMatchObject({ finished: 3, idleClosed: 0, cut: 0 });
});

it('answers pipelined requests that are under way, the last of them with Connection: close', async () => {
  const port = await start({ MS: '800' });
  const { socket, text } = await connect(port);
  socket.write(get('/a') + get('/b') + get('/c'));
  await settle(port);
  const report = await host.drain(1, 100, 5000);
  await toEnd(socket);
  expect(text().match(/\/[abc] \d+/g)).toEqual(['/a', '/b', '/c'].map((url) => `${url} ${host.pidOf(1)}`));
  expect(text().match(/Connection: [\w-]+/g)).toEqual(['Connection: keep-alive', 'Connection: keep-alive', 'Connection: close']);
  expect(report).toMatchObject({ finished: 1, idleClosed: 0, cut: 0 });
});

it('answers pipelined requests that come in one packet while it drains', async () => {
  const port = await start();
  const { socket, text } = await connect(port);
  await settle(port);
  const [drained] = await beginDrain(port, 2000);
  socket.write(get('/a') + get('/b') + get('/c'));
  await toEnd(socket);
  expect(text().match(/\/[abc] \d+/g)).toEqual(['/a', '/b', '/c'].map((url) => `${url} ${host.pidOf(1)}`));
  expect(await drained).toMatchObject({ finished: 2, idleClosed: 0, cut: 0 });
});

it('takes an upload that is under way to its end', async () => {
  const port = await start();
  const { socket, text } = await connect(port);
  socket.write('POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
  await settle(port);
  const drained = host.drain(1, 50, 5000);
  for (let sent = 0; sent < 1000; sent += 100) {
    socket.write('x'.repeat(100));
    await host.look();
  }
  await toEnd(socket);
  expect(text()).toMatch(/^HTTP\/1.1 200 OK[^]*Connection: close[^]*1000 bytes$/);
  expect(await drained).toMatchObject({ finished: 1, idleClosed: 0, cut: 0 });
});

it('does not reset a client that is still sending when its answer has been sent', async () => {
  const port = await start();
  const { socket, text } = await connect(port);
  const failed = new Promise<null>((_, reject) => socket.on('error', reject));
  await settle(port);
  const [drained] = await beginDrain(port, 300);
  socket.write('POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
  await Promise.race([failed, waitFor('the answer', () => text().includes('too much'))]);
  for (let sent = 0; sent < 100_000; sent += 10_000) {
    socket.write('x'.repeat(10_000));
    await host.look();
  }
  await Promise.race([failed, toEnd(socket)]);
  expect(text()).toMatch(/Connection: close/);
  expect(await drained).toMatchObject({ finished: 2, idleClosed: 0, cut: 0 });
});

it('lets a response in chunks go on for as long as it takes within the time', async () => {
  const port = await start({ MS: '1500' });
  const answer = ask({ port, path: '/chunks' });
  await settle(port);
  const report = await host.drain(1, 100, 5000);
  expect((await answer).body).toMatch(/^(piece )+end$/);
  expect(report).toMatchObject({ finished: 1, idleClosed: 0, cut: 0 });
});

it('cuts off a client that never reads, when the time is over', async () => {
  const port = await start();
  const { socket } = await connect(port);
  socket.pause();
  socket.write(get('/big'));
  await settle(port);
  const report = await host.drain(1, 100, 600);
  expect(report).toMatchObject({ finished: 0, idleClosed: 0, cut: 1 });
  expect(report.tookMs).toBeGreaterThanOrEqual(600);
  expect(report.tookMs).toBeLessThan(3000);
});

it('drains connections of a Unix socket', async () => {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'hf-'));
  try {
    const socketPath = path.join(folder, 'app.sock');
    await start({ PORT: socketPath, MS: '800' });
    const [busy, idle] = [await connect(socketPath), await connect(socketPath)];
    busy.socket.write(get('/busy'));
    expect((await ask({ socketPath, path: '/now' })).status).toBe(200);
    const report = await host.drain(1, 100, 5000);
    expect(busy.text()).toMatch(/Connection: close[^]*\/busy \d+$/);
    await toEnd(idle.socket);
    expect(report).toMatchObject({ finished: 1, idleClosed: 1, cut: 0 });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

it('closes an idle connection that is left when the time is over, and does not call it cut off', async () => {
  const port = await start({ MS: '5000' });
  const [busy, idle] = [await connect(port), await connect(port)];
  busy.socket.write(get('/busy'));
  await settle(port);
  expect(await host.drain(1, 100, 500)).toMatchObject({ finished: 0, idleClosed: 1, cut: 1 });
  await toEnd(idle.socket);
});

// WebSocket clients of an instance that leaves see a close frame that says why, whatever made the server, and none is reset.
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ask } from './kit/ask.ts';
import { makeCertificate } from './kit/certificate.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
afterEach(() => host.dispose());
afterAll(removeBundles);

const folder = makeCertificate();
afterAll(() => fs.rmSync(folder, { recursive: true }));

async function start(script: string, env: Readonly<Record<string, string>> = {}): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app(`drain/${script}`), env: { PORT: String(port), ...env }, instances: 1 });
  await host.ready();
  return port;
}

interface Client {
  readonly socket: { send(text: string): void; pause(): void };
  readonly heard: string[];
  readonly ended: Promise<{ readonly code: number; readonly error: unknown }>;
}

/** Resolves when the server has greeted. */
async function connect(url: string): Promise<Client> {
  const socket = new WebSocket(url, { rejectUnauthorized: false });
  const heard: string[] = [];
  let error: unknown = null;
  socket.on('message', (message: unknown) => heard.push(String(message))).on('error', (what: unknown) => (error = what));
  const ended = new Promise<{ code: number; error: unknown }>((resolve) => socket.on('close', (code: number) => resolve({ code, error })));
  await waitFor('the greeting', () => heard.length > 0);
  return { socket, heard, ended };
}

describe('a server made with ws', () => {
  it.each([
    ['ws', ''],
    ['wss', folder],
  ])('tells every client at once with 1012, and the client ends the connection (%s)', async (protocol, TLS_FOLDER) => {
    const port = await start('chat.cjs', { TLS_FOLDER });
    const clients = await Promise.all([1, 2, 3].map(() => connect(`${protocol}://127.0.0.1:${port}`)));
    clients[0]!.socket.send('good evening');
    await waitFor('all to hear it', () => clients.every(({ heard }) => heard.includes('good evening')));
    const report = await host.drain(1, 1000, 5000);
    for (const { ended } of clients) expect(await ended).toEqual({ code: 1012, error: null });
    expect(report).toEqual({ toldToGo: 3, finished: 3, idleClosed: 0, cut: 0, tookMs: expect.toSatisfy((ms: number) => ms < 1000) });
    await waitFor('the app to hear of it', () => host.output(1).match(/left with 1012/g)?.length === 3);
  });

  it('cuts off a client that does not answer, behind the close frame, when the time is over', async () => {
    const port = await start('chat.cjs');
    const { bytes, socket } = await shakeHands(port);
    await waitFor('the greeting', () => bytes().includes('hello'));
    const drained = host.drain(1, 100, 600);
    await once(socket, 'end');
    expect(bytes().subarray(-4)).toEqual(Buffer.from([0x88, 0x02, 0x03, 0xf4]));
    expect(await drained).toMatchObject({ toldToGo: 1, finished: 0, idleClosed: 0, cut: 1 });
  });

  it('still takes a client whose handshake comes on a connection that is open already, and tells it too', async () => {
    const port = await start('chat.cjs');
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    await waitFor('it to be in the instance', async () => (await ask({ port })).status === 200);
    const drained = host.drain(1, 1000, 5000);
    await host.look();
    const { bytes } = await shakeHands(port, { socket });
    await waitFor('the close frame', () =>
      bytes()
        .subarray(-4)
        .equals(Buffer.from([0x88, 0x02, 0x03, 0xf4])),
    );
    socket.write(maskedClose(1012));
    expect(await drained).toMatchObject({ toldToGo: 1, finished: 1, idleClosed: 0, cut: 0 });
  });
});

describe('a server of any other make', () => {
  it('sends a close frame of ours once it has been quiet, and the client ends the connection', async () => {
    const port = await start('own-web-socket.cjs');
    const client = await connect(`ws://127.0.0.1:${port}`);
    const report = await host.drain(1, 200, 5000);
    expect(await client.ended).toEqual({ code: 1012, error: null });
    expect(report).toMatchObject({ toldToGo: 1, finished: 1, idleClosed: 0, cut: 0 });
    expect(report.tookMs).toBeGreaterThanOrEqual(200);
  });

  it('sends it when the time is over where it is never quiet', async () => {
    const port = await start('own-web-socket.cjs', { TICK: '20' });
    const client = await connect(`ws://127.0.0.1:${port}`);
    const report = await host.drain(1, 300, 800);
    expect(await client.ended).toEqual({ code: 1012, error: null });
    expect(report).toMatchObject({ toldToGo: 1, finished: 0, idleClosed: 0, cut: 1 });
    expect(report.tookMs).toBeGreaterThanOrEqual(800);
  });

  it('sends none into a handshake that is not through yet', async () => {
    const port = await start('own-web-socket.cjs');
    const slow = connect(`ws://127.0.0.1:${port}/later`);
    await waitFor('it to be in the instance', async () => (await ask({ port })).status === 200);
    const drained = host.drain(1, 100, 5000);
    const client = await slow;
    expect(await client.ended).toEqual({ code: 1012, error: null });
    expect(await drained).toMatchObject({ toldToGo: 1, finished: 1, cut: 0 });
  });

  it('sends none to a client that was refused', async () => {
    const port = await start('own-web-socket.cjs');
    const { bytes, socket } = await shakeHands(port, { path: '/no' });
    await once(socket, 'end');
    expect(bytes().toString()).toMatch(/^HTTP\/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n$/);
    socket.destroy();
    expect(await host.drain(1, 100, 5000)).toMatchObject({ toldToGo: 0, cut: 0 });
  });
});

it('a server without a listener for upgrades answers one as a plain request, also while it drains', async () => {
  const port = await start('ways.cjs');
  const { bytes, socket } = await shakeHands(port);
  await waitFor('the answer', () => bytes().includes(`/ ${host.pidOf(1)}`));
  expect(bytes().toString()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  socket.destroy();
});

/** A client that sends its handshake and nothing more. */
async function shakeHands(
  port: number,
  { socket = net.connect(port, '127.0.0.1'), path = '/' } = {},
): Promise<{ readonly socket: net.Socket; readonly bytes: () => Buffer }> {
  let all = Buffer.alloc(0);
  socket.on('data', (chunk) => (all = Buffer.concat([all, chunk]))).on('error', () => {});
  const head = [
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${'A'.repeat(22)}==`,
  ];
  socket.write(`GET ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
  return { socket, bytes: () => all };
}

/** RFC 6455, 5.3: a client masks; with zeros the bytes stay as they are. */
function maskedClose(code: number): Buffer {
  return Buffer.from([0x88, 0x82, 0, 0, 0, 0, code >> 8, code & 255]);
}

// Servers of every kind listen through the balancer as they would alone, and each instance gets its turn.
import dns from 'node:dns/promises';
import fs from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ask, askInTurn } from './kit/ask.ts';
import { makeCertificate } from './kit/certificate.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost, MiniOptions } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
afterEach(() => host.dispose());
afterAll(removeBundles);

const folder = makeCertificate();
afterAll(() => fs.rmSync(folder, { recursive: true }));

async function start(script: string, env: Readonly<Record<string, string>> = {}, more: Partial<MiniOptions> = {}): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app(`balance/${script}`), env: { PORT: String(port), TLS_FOLDER: folder, ...env }, ...more });
  await host.ready();
  return port;
}

/** What came, up to the end or to `enough`. */
function readFrom(socket: NodeJS.ReadableStream, enough: (text: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (enough(text)) resolve(text);
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

/** Both instances, in turn: on a busy machine one may miss its turn, more than once even. */
function expectTurns(pids: readonly (string | number)[]): void {
  const counts = [1, 2].map((key) => pids.filter((pid) => String(pid) === String(host.pidOf(key))).length);
  expect(counts[0]! + counts[1]!).toBe(pids.length);
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(Math.max(1, pids.length / 2 - 4));
}

describe('HTTP', () => {
  it.each(['express.cjs', 'listens-as.cjs', 'listens-as.mjs'])('by %s: 40 connections take turns between two instances', async (script) => {
    const port = await start(script, { LISTEN: JSON.stringify([await freePort()]) });
    const { address } = host.seen('listening')[0]!;
    expectTurns(await askInTurn(40, { port: script === 'express.cjs' ? port : Number(address.split(':').at(-1)) }));
  });

  it('by fastify on localhost, on every address that this is', async () => {
    const addresses = (await dns.lookup('localhost', { all: true })).map(({ address }) => address);
    const port = await start('fastify.mjs');
    await waitFor('all to listen', () => host.seen('listening').length === 2 * addresses.length);
    for (const address of addresses) expectTurns(await askInTurn(6, { port, host: address }));
  });

  it('makes the app a cluster worker that knows its address', async () => {
    const port = await freePort();
    await start('listens-as.mjs', { LISTEN: JSON.stringify([port]) });
    await waitFor('its line', () => host.output(1).includes('\n'));
    expect(JSON.parse(host.output(1))).toEqual({ address: { address: '::', family: 'IPv6', port }, isWorker: true });
  });

  it('on two ports of one app', async () => {
    const second = await freePort();
    const port = await start('two-ports.cjs', { PORT2: String(second) });
    expectTurns((await askInTurn(6, { port })).map((body) => body.replace('PORT ', '')));
    expectTurns((await askInTurn(6, { port: second })).map((body) => body.replace('PORT2 ', '')));
  });
});

describe('HTTPS', () => {
  it('answers from both instances', async () => {
    const port = await start('https.cjs');
    const answers = [];
    for (let nth = 0; nth < 6; nth += 1) answers.push(await ask({ port, rejectUnauthorized: false }, 'https'));
    expectTurns(answers.map(({ body }) => JSON.parse(body).pid));
  });

  it('resumes in one instance a session that began in the other, for they share their ticket keys', async () => {
    const port = await start('https.cjs');
    const session = await new Promise<Buffer>((resolve, reject) => {
      const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
      socket.on('session', (ticket) => {
        resolve(ticket);
        socket.end();
      });
      socket.on('error', reject);
    });
    const answers = [];
    for (let nth = 0; nth < 6; nth += 1)
      answers.push(JSON.parse((await ask({ port, rejectUnauthorized: false, session, maxVersion: 'TLSv1.2' }, 'https')).body));
    expectTurns(answers.map(({ pid }) => pid));
    expect(answers.every(({ resumed }) => resumed)).toBe(true);
  });
});

describe('HTTP/2', () => {
  function request(origin: string): Promise<string> {
    const session = http2.connect(origin, { rejectUnauthorized: false });
    return readFrom(session.request({ ':path': '/' })).finally(() => session.close());
  }

  it('without TLS', async () => {
    const port = await start('http2.cjs', { TLS_FOLDER: '' });
    const bodies = [];
    for (let nth = 0; nth < 6; nth += 1) bodies.push(await request(`http://127.0.0.1:${port}`));
    expectTurns(bodies);
  });

  it('with TLS, and HTTP/1 beside it', async () => {
    const port = await start('http2.cjs');
    const bodies = [];
    for (let nth = 0; nth < 6; nth += 1)
      bodies.push(
        nth % 3 === 2 ? (await ask({ port, rejectUnauthorized: false }, 'https')).body : await request(`https://127.0.0.1:${port}`),
      );
    expectTurns(bodies);
  });
});

describe('other servers', () => {
  it('plain TCP: the server may speak first', async () => {
    const port = await start('net-echo.cjs');
    const pids = [];
    for (let nth = 0; nth < 6; nth += 1) {
      const socket = net.connect(port, '127.0.0.1', () => socket.write('hello'));
      const text = await readFrom(socket, (so) => so.endsWith('hello'));
      socket.destroy();
      pids.push(text.split('\n')[0]!);
    }
    expectTurns(pids);
  });

  it('WebSockets by the ws package', async () => {
    const port = await start('websocket.cjs');
    const pids = [];
    for (let nth = 0; nth < 6; nth += 1) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`);
      const heard = await new Promise<string[]>((resolve, reject) => {
        const messages: string[] = [];
        socket.on('error', reject).on('message', (message: unknown) => {
          if (messages.push(String(message)) === 2) resolve(messages);
          else socket.send('back');
        });
      });
      socket.terminate();
      expect(heard[1]).toBe('back');
      pids.push(heard[0]!);
    }
    expectTurns(pids);
  });

  it('datagrams go to one of the instances, which share the socket', async () => {
    const dgram = await import('node:dgram');
    const port = await start('udp.cjs');
    const client = dgram.createSocket('udp4');
    const answer = new Promise<string>((resolve) => client.once('message', (message) => resolve(String(message))));
    client.send('?', port, '127.0.0.1');
    expect([String(host.pidOf(1)), String(host.pidOf(2))]).toContain(await answer);
    client.close();
    expect(host.seen('listening').map(({ address }) => address)).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
  });
});

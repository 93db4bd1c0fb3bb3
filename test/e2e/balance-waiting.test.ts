// Connections are never lost: not those in a hanging or dying instance that did not take them, not those that come while nobody serves.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it, onTestFinished } from 'vitest';
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
  host = startMiniHost({ script: app(script), env: { PORT: String(port), ...env }, ...more });
  if (more.joins !== 'by hand') await host.ready();
  return port;
}

/** Keeps one instance busy for longer than the test; its pid is in no answer then. Resolves when it has begun. */
async function block(port: number): Promise<{ key: number; others: number; request: Promise<unknown> }> {
  const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /block?ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n'));
  const request = new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
  // Whatever comes after it is answered by the other one.
  await new Promise((resolve) => socket.once('ready', resolve));
  const free = Number((await ask({ port })).body.slice(3));
  return host.pidOf(1) === free ? { key: 2, others: 1, request } : { key: 1, others: 2, request };
}

/** What became of a connection: its answer, or the error's code, or `closed`. */
function outcome(port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'error'));
    socket.on('close', () => resolve(text === '' ? 'closed' : text.split('\r\n')[0]!));
  });
}

describe('an instance that hangs', () => {
  it('holds nobody up: what comes is answered by the other one, and so is what comes while it is killed', async () => {
    const port = await start('balance/blocks.cjs');
    const { key, request } = await block(port);
    const askMany = (): Promise<string[]> => Promise.all(Array.from({ length: 60 }, async () => (await ask({ port })).body));
    const other = new Set([`ok ${host.pidOf(3 - key)}`]);
    expect(new Set(await askMany())).toEqual(other);
    const asked = askMany();
    process.kill(host.pidOf(key), 'SIGKILL');
    expect(new Set(await asked)).toEqual(other);
    await request;
  });

  it('and is the only one: they wait for its successor', async () => {
    const port = await start('balance/blocks.cjs', {}, { instances: 1, restarts: true });
    const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /block?ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.on('error', () => {});
    await waitFor('the instance to be at work', async () => Promise.race([ask({ port }).then(() => false), pause(100, true)]));
    const asked = Array.from({ length: 20 }, () => ask({ port }));
    process.kill(host.pidOf(1), 'SIGKILL');
    const bodies = (await Promise.all(asked)).map(({ body }) => body);
    expect(new Set(bodies)).toEqual(new Set([`ok ${host.pidOf(2)}`]));
  });
});

describe('while no instance serves', () => {
  it('connections wait, in order, and are answered as soon as one does', async () => {
    const port = await start('http-server.cjs', {}, { instances: 1, joins: 'by hand' });
    await host.ready();
    const asked = Array.from({ length: 20 }, () => ask({ port }));
    await pause(50);
    host.tell({ do: 'join', key: 1 });
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    host.tell({ do: 'leave', key: 1 });
    await host.look();
    expect((await host.look()).serving).toBe(0);
    const more = ask({ port });
    expect(await Promise.race([more.then(() => 'answered'), pause(100, 'waits')])).toBe('waits');
    host.tell({ do: 'join', key: 1 });
    expect(await more).toMatchObject({ status: 200 });
  });

  it('no more than the limit wait; the others are reset at once', async () => {
    const port = await start('http-server.cjs', {}, { instances: 1, joins: 'by hand', queueLimit: 5 });
    await host.ready();
    const outcomes: string[] = [];
    const all = Array.from({ length: 8 }, () => outcome(port).then((one) => outcomes.push(one)));
    await waitFor('three to be reset', () => outcomes.length === 3);
    expect(outcomes).toEqual(['ECONNRESET', 'ECONNRESET', 'ECONNRESET']);
    host.tell({ do: 'join', key: 1 });
    await Promise.all(all);
    expect(outcomes.slice(3)).toEqual(Array.from({ length: 5 }, () => 'HTTP/1.1 200 OK'));
  });

  it('they wait no longer than the time allowed', async () => {
    const port = await start('http-server.cjs', {}, { instances: 1, joins: 'by hand', queueTimeoutMs: 300 });
    await host.ready();
    const startedAt = performance.now();
    expect(await outcome(port)).toBe('ECONNRESET');
    expect(performance.now() - startedAt).toBeGreaterThan(250);
  });

  it('the socket stays open over a crash and a late start: nothing is refused', async () => {
    const port = await start('balance/blocks.cjs', {}, { instances: 1, restarts: true });
    for (let crash = 0; crash < 3; crash += 1) {
      process.kill(host.pidOf(crash + 1), 'SIGKILL');
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcome(port)));
      expect(outcomes).toEqual(Array.from({ length: 5 }, () => 'HTTP/1.1 200 OK'));
    }
  });

  it('but when the goal is down they are refused, and what waited is reset', async () => {
    const port = await start('http-server.cjs', {}, { instances: 1, joins: 'by hand' });
    await host.ready();
    const waits = outcome(port);
    await pause(50);
    host.tell({ do: 'close' });
    expect(await waits).toBe('ECONNRESET');
    await waitFor('the instance to let go of its copy', async () => (await outcome(port)) === 'ECONNREFUSED');
    expect((await host.look()).sockets).toEqual([]);
    // The next one that listens binds again.
    host.tell({ do: 'launch' });
    await waitFor('the next', () => host.seen('listening', 2).length > 0);
    host.tell({ do: 'join', key: 2 });
    expect(await outcome(port)).toBe('HTTP/1.1 200 OK');
  });
});

describe('a socket that no instance asks for any more', () => {
  it('is closed once others serve for as long as a connection may wait', async () => {
    const port = await start('balance/relistens.cjs', { PORT2: String(await freePort()) }, { queueTimeoutMs: 300 });
    for (const key of [1, 2]) host.tell({ do: 'send', key, message: 'close' });
    await waitFor('both to have closed', () =>
      [1, 2].every((key) => host.seen('app-message', key).some(({ message }) => message === 'closed')),
    );
    // Nobody serves: as far as can be told they are on their way back.
    await pause(400);
    expect((await host.look()).sockets).toMatchObject([{ address: `[::]:${port}`, fd: expect.any(Number) }]);
    host.tell({ do: 'send', key: 1, message: 'listen elsewhere' });
    await waitFor('the old one to go', async () => (await host.look()).sockets.every(({ address }) => address !== `[::]:${port}`));
    expect(await outcome(port)).toBe('ECONNREFUSED');
    expect((await host.look()).sockets).toHaveLength(1);
  });
});

describe('an instance without a descriptor left', () => {
  it('refuses connections, none of which waits for ever, and takes them again later', async () => {
    const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'hf-few-'));
    onTestFinished(() => fs.rmSync(folder, { recursive: true }));
    const node = path.join(folder, 'node');
    fs.writeFileSync(node, `#!/bin/sh\nulimit -n 40\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
    const port = await start('balance/net-echo.cjs', {}, { instances: 1, node });
    const sockets = Array.from({ length: 80 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
    const said = await Promise.all(
      sockets.map(
        (socket) => new Promise<string>((resolve) => socket.once('data', () => resolve('served')).once('close', () => resolve('closed'))),
      ),
    );
    expect(new Set(said)).toEqual(new Set(['served', 'closed']));
    for (const socket of sockets) socket.destroy();
    await waitFor('room again', () => outcomeOfEcho(port));
    for (let nth = 0; nth < 20; nth += 1) expect(await outcomeOfEcho(port)).toBe(true);
  });

  function outcomeOfEcho(port: number): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => resolve(false)).once('close', () => resolve(false));
      socket.once('data', () => {
        resolve(true);
        socket.destroy();
      });
    });
  }
});

describe('maxConnections', () => {
  /** The first line of a connection, or `closed` without one. The connection stays open. */
  function open(port: number): Promise<{ said: string; socket: net.Socket }> {
    return new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {}).once('data', (chunk) => resolve({ said: String(chunk).trim(), socket }));
      socket.once('close', () => resolve({ said: 'closed', socket }));
    });
  }

  it('of one instance sends connections to the next, and of all of them closes them, as Node does', async () => {
    const port = await start('balance/net-echo.cjs', { MAX: '2' });
    const opened = [];
    for (let nth = 0; nth < 4; nth += 1) opened.push(await open(port));
    expect(opened.map(({ said }) => said).sort()).toEqual([1, 1, 2, 2].map((key) => String(host.pidOf(key))).sort());
    expect((await open(port)).said).toBe('closed');
    // Whoever has room gets it, also out of turn.
    const first = opened.filter(({ said }) => said === String(host.pidOf(1)));
    for (const { socket } of first) socket.destroy();
    await waitFor('room again', async () => {
      const { said, socket } = await open(port);
      socket.destroy();
      return said !== 'closed';
    });
    expect([(await open(port)).said, (await open(port)).said]).toEqual([String(host.pidOf(1)), String(host.pidOf(1))]);
  });
});

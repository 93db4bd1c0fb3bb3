// Listening sockets as the kernel shows them, against real ones.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { holdsListeningSocket, listeningSocketsOf, listensAt } from './listening-sockets.ts';

async function listen(host: string): Promise<number> {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as net.AddressInfo).port;
}

describe('the listening sockets of a process tree', () => {
  it('are those it holds, with address and port, the oldest first', async () => {
    const ports = [await listen('127.0.0.1'), await listen('0.0.0.0')];
    const found = listeningSocketsOf(process.pid).filter(({ port }) => ports.includes(port));
    expect(found).toMatchObject([
      { address: '127.0.0.1', port: ports[0] },
      { address: '0.0.0.0', port: ports[1] },
    ]);
  });

  it('are also those of descendants', async () => {
    const script = `const s = require('net').createServer().listen(0, '127.0.0.1', () => process.send(s.address().port))`;
    const child = fork('-e', [script], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const port = await new Promise((resolve) => child.once('message', resolve));
    expect(listeningSocketsOf(child.pid!)).toMatchObject([{ address: '127.0.0.1', port }]);
    expect(listeningSocketsOf(process.pid).map((socket) => socket.port)).toContain(port);
  });

  it('are all there where they fill more than one read of the kernel’s table, among connections', async () => {
    const servers = await Promise.all(Array.from({ length: 150 }, () => listen('127.0.0.1')));
    const client = net.connect(servers[0]!, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    await once(client, 'connect');
    const found = listeningSocketsOf(process.pid).map(({ port }) => port);
    expect(servers.filter((port) => !found.includes(port))).toEqual([]);
    expect(found).not.toContain(client.localPort);
  });

  it('are none where it holds none, or does not live', () => {
    expect(listeningSocketsOf(2 ** 22 + 1)).toEqual([]);
  });
});

it('a socket under a path counts as well, and one that is connected does not', async () => {
  const script = `const s = require('net').createServer().listen('\\0holdfast-test-' + process.pid, () => process.send('listens'))`;
  const start = async (text: string): Promise<number> => {
    const child = fork('-e', [text], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.once('message', resolve));
    return child.pid!;
  };
  expect(holdsListeningSocket(await start(script))).toBe(true);
  expect(holdsListeningSocket(await start(`process.send('idle')`))).toBe(false);
});

it('a descriptor listens at the path that its socket was bound to, and at no other', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-listens-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const listenAt = async (name: string): Promise<number> => {
    const server = net.createServer().listen(path.join(folder, name));
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    return (Reflect.get(server, '_handle') as { readonly fd: number }).fd;
  };
  const [one, other] = [await listenAt('one'), await listenAt('other')];
  expect([listensAt(one, path.join(folder, 'one')), listensAt(one, path.join(folder, 'other')), listensAt(one, 'one')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(listensAt(other, path.join(folder, 'other'))).toBe(true);
  const file = fs.openSync('/dev/null', 'r');
  onTestFinished(() => fs.closeSync(file));
  expect(listensAt(file, path.join(folder, 'one'))).toBe(false);
});

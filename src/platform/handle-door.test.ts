// Descriptors over the connection of a stranger: a real process hands over what it listens with.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openHandleDoor } from './handle-door.ts';
import type { HandedHandle, Handles } from './handle-door.ts';
import type { LineSocket } from './line-socket.ts';
import type { SocketDoor } from './socket-door.ts';

/** Listens on a port and on a path, brings both with a line each, and says how it went on. */
const BRINGS = `
const net = require('node:net');
const [door, file] = process.argv.slice(2);
const servers = [net.createServer().listen(0, '127.0.0.1'), net.createServer().listen(file)];
const symbol = Object.getOwnPropertySymbols(process).find(({ description }) => description === 'kChannelHandle');
const channel = process[symbol];
const { constructor: Pipe, writeUtf8String } = channel;
channel.writeUtf8String = function (request, ...rest) {
  const pipe = new Pipe(2);
  const socket = new net.Socket({ handle: pipe, manualStart: true });
  socket.connect(door, () => {
    socket.write(JSON.stringify({ brings: servers.length }) + '\\n');
    servers.forEach((server, at) => {
      const line = JSON.stringify({ at, port: servers[0].address().port }) + '\\n';
      pipe.writeUtf8String(new request.constructor(), line, server._handle);
    });
    socket.on('data', (text) => process.stdout.write(text));
  });
  return writeUtf8String.call(channel, request, ...rest);
};
process.send('ready');
`;

let folder: string;
let door: SocketDoor | undefined;
let child: ChildProcess | undefined;
const taken: HandedHandle[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-hd-'));
});
afterEach(async () => {
  for (const handle of taken.splice(0)) handle.close();
  child?.kill('SIGKILL');
  if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit');
  door?.close();
  fs.rmSync(folder, { recursive: true });
});

interface Line {
  readonly brings?: number;
  readonly at?: number;
  readonly port?: number;
}

/** Opens the door, lets a process come, and resolves when it has brought everything. */
async function bring({ takes }: { takes: boolean }): Promise<{ line: LineSocket; port: number; closed: Promise<void> }> {
  const file = path.join(folder, 'door');
  const script = path.join(folder, 'brings.cjs');
  fs.writeFileSync(script, BRINGS);
  return new Promise((resolve, reject) => {
    openHandleDoor({ path: file, uid: process.getuid!(), accept }).then((opened) => {
      door = opened;
      child = fork(script, [file, path.join(folder, 'app.sock')], { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    }, reject);

    function accept(line: LineSocket, handles: Handles) {
      let end = (): void => {};
      const closed = new Promise<void>((settle) => (end = settle));
      return {
        message(message: unknown) {
          const { at, port } = message as Line;
          if (at === undefined) return;
          const handle = takes ? handles.take() : undefined;
          if (handle !== undefined) taken.push(handle);
          if (at === 1) resolve({ line, port: port!, closed });
        },
        closed: () => end(),
      };
    }
  });
}

/** What is said to whoever connects. */
function ask(where: net.NetConnectOpts): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = net.connect(where);
    socket.on('error', reject);
    socket.on('data', (bytes) => (said += String(bytes)));
    socket.on('close', () => resolve(said));
  });
}

/** Listens with what was brought. */
async function listenWith(handle: HandedHandle, word: string): Promise<net.Server> {
  const server = net.createServer((socket) => socket.end(word)).listen(handle);
  await once(server, 'listening');
  return server;
}

it('brings listening sockets of both kinds into this process, in order, and they outlive the one that brought them', async () => {
  const { port } = await bring({ takes: true });
  const before = taken.length;
  child!.kill('SIGKILL');
  await once(child!, 'exit');
  const servers = [await listenWith(taken[0]!, 'by port'), await listenWith(taken[1]!, 'by path')];
  expect({ before, port: await ask({ port, host: '127.0.0.1' }), path: await ask({ path: path.join(folder, 'app.sock') }) }).toEqual({
    before: 2,
    port: 'by port',
    path: 'by path',
  });
  taken.length = 0;
  for (const server of servers) server.close();
});

it('is a line like any other in both directions', async () => {
  const { line, closed } = await bring({ takes: true });
  line.send({ heard: true });
  expect(String((await once(child!.stdout!, 'data'))[0])).toBe('{"heard":true}\n');
  line.close();
  await closed;
});

it('closes what nobody took with its connection', async () => {
  const before = fs.readdirSync('/proc/self/fd').length;
  const { port, closed } = await bring({ takes: false });
  child!.kill('SIGKILL');
  await closed;
  await expect(ask({ port, host: '127.0.0.1' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  door!.close();
  door = undefined;
  child!.stdout!.destroy();
  await expect.poll(() => fs.readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
});

it('opens to one user only', async () => {
  const file = path.join(folder, 'door');
  door = await openHandleDoor({ path: file, uid: process.getuid!(), accept: () => ({ message() {}, closed() {} }) });
  const { mode, uid } = fs.statSync(file);
  expect({ mode: mode & 0o007, uid }).toEqual({ mode: 0, uid: process.getuid!() });
});

// The way of an instance to the next host, with a real socket, real files, and programs that stand for hosts.
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { doorFor } from '../model/preload-protocol.ts';
import type { Succession } from '../model/preload-protocol.ts';
import { seekSuccessor } from './seek-successor.ts';

/** For a host that hangs: what is asked for here has to come sooner. */
const PATIENCE_MS = 5000;

let folder: string;
let socketFd: number;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'hf-seek-'));
  socketFd = fs.openSync('/dev/null', 'r');
});
afterEach(() => {
  fs.closeSync(socketFd);
  fs.rmSync(folder, { recursive: true });
});

const at = (name: string): string => path.join(folder, name);
const succession: () => Succession = () => ({
  app: 'web',
  socket: at('host.sock'),
  record: at('host.json'),
  election: at('host.election'),
  log: at('daemon.log'),
  uid: process.getuid!(),
  doors: at('door'),
});

/** What stands for a host: appends a line to `starts`, then does this. */
function record(then: string): void {
  const args = ['-c', `echo start >> ${at('starts')}; ${then}`];
  fs.writeFileSync(
    at('host.json'),
    JSON.stringify({ nextTakeoverAt: 0, launch: { file: '/bin/sh', args, env: { PATH: process.env.PATH } } }),
  );
}

const starts = (): number => (fs.existsSync(at('starts')) ? fs.readFileSync(at('starts'), 'utf8').split('\n').length - 1 : 0);

/** Resolves when the instance is at a host. It ends with the test: nobody else stops its looking. */
function seek(): { found: () => number; listen: () => Promise<net.Server> } {
  let found = 0;
  const request = { id: 1, address: null, port: 1, addressType: 4, fd: null, index: 0, flags: 0, backlog: null };
  seekSuccessor(succession(), {
    copies: () => [{ request, handle: { fd: socketFd, close() {} } }],
    carrier: () => null,
    heard() {},
    found: () => (found += 1),
    lost() {},
  });
  return {
    found: () => found,
    listen: () =>
      new Promise((resolve) => {
        const server = net.createServer((socket) => server.once('close', () => socket.destroy()));
        server.listen(at('host.sock'), () => resolve(server));
      }),
  };
}

describe('a survivor of another user', () => {
  it('starts no host, and hands its sockets down to the one that comes', { timeout: 20_000 }, async () => {
    record('exit 1');
    const request = { id: 1, address: null, port: 1, addressType: 4, fd: null, index: 0, flags: 0, backlog: null };
    const handle = { fd: socketFd, close() {} };
    const sent: [string, unknown][] = [];
    const carrier = () => {
      const socket = new net.Socket();
      return { socket, send: (line: string, with_: unknown) => socket.write(line) && sent.push([line, with_]) > 0 };
    };
    const server = net.createServer();
    let found = 0;
    seekSuccessor(
      { ...succession(), uid: process.getuid!() + 1 },
      {
        copies: () => [
          { app: 'another', request, handle },
          { request, handle },
        ],
        carrier,
        heard() {},
        found: () => (found += 1),
        lost() {},
      },
    );
    const came = once(server.listen(doorFor(at('door'), process.getuid!())), 'connection') as Promise<[net.Socket]>;
    const [line] = await came;
    let said = '';
    line.on('data', (chunk) => (said += String(chunk)));
    await vi.waitFor(() => expect(said.split('\n')).toHaveLength(3), { timeout: 10_000 });
    expect(
      said
        .split('\n')
        .slice(0, 2)
        .map((text) => JSON.parse(text) as unknown),
    ).toEqual([
      { type: 'survivor', app: 'web', pid: process.pid, sockets: 1 },
      { type: 'hand-down', request },
    ]);
    expect({ found, handles: sent.map(([, with_]) => with_), starts: starts() }).toEqual({ found: 1, handles: [handle], starts: 0 });
    line.destroy();
    server.close();
  });
});

describe('a survivor', () => {
  it('starts another host at once where the one that it has started ends before it is ready', { timeout: 20_000 }, async () => {
    record('exit 1');
    const { found, listen } = seek();
    await vi.waitFor(() => expect(starts()).toBeGreaterThanOrEqual(2), { timeout: PATIENCE_MS, interval: 5 });
    const server = await listen();
    await vi.waitFor(() => expect(found()).toBe(1), { timeout: 10_000 });
    server.close();
  });
});

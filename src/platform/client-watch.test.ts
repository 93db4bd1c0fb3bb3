// Seeing that somebody waits without accepting: a process that listens, accepts when it is told to, and sends a copy of its socket.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchClients } from './client-watch.ts';
import type { ListeningCopy, Watch } from './client-watch.ts';

const LISTENS = `
const net = require('node:net');
const [address, type] = JSON.parse(process.argv[2]);
const socket = net._createServerHandle(address, type === -1 ? -1 : 0, type, -1, 0);
socket.open(socket.fd);
socket.listen(8);
socket.readStart();
socket.readStop();
const name = {};
socket.getsockname?.(name);
socket.onconnection = (_, connection) => {
  connection.close();
  process.send('accepted');
};
process.on('message', () => socket.readStart());
process.send({ cmd: 'NODE_COPY', port: name.port }, socket);
`;

let folder: string;
let child: ChildProcess | undefined;
let watch: Watch | undefined;
const clients: net.Socket[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'holdfast-watch-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  watch?.close();
  child?.kill('SIGKILL');
  if (child?.exitCode === null) await once(child, 'exit');
  fs.rmSync(folder, { recursive: true });
});

/** Resolves to a copy of the socket, and a way to connect to it. */
async function listen(address: string, type: number): Promise<{ copy: ListeningCopy; connect: () => void }> {
  const file = path.join(folder, 'listens.cjs');
  fs.writeFileSync(file, LISTENS);
  const process = (child = fork(file, [JSON.stringify([address, type])], { execArgv: [] }));
  return new Promise((resolve) => {
    process.on('internalMessage', ({ cmd, port }: { cmd: string; port?: number }, copy: ListeningCopy) => {
      if (cmd !== 'NODE_COPY') return;
      const connect = (): void => {
        clients.push((port === undefined ? net.connect(address) : net.connect(port, address)).on('error', () => {}));
      };
      resolve({ copy, connect });
    });
  });
}

it.each<[string, () => [string, number]]>([
  ['a TCP port', () => ['127.0.0.1', 4]],
  ['a Unix path', () => [path.join(folder, 'sock'), -1]],
])('sees who waits at %s, as often as it is asked, and leaves them to whoever accepts', async (_, where) => {
  const { copy, connect } = await listen(...where());
  let told = (_what: string): void => {};
  const seen = watchClients(copy, {
    nobodyWaits: () => told('nobody'),
    somebodyWaits: (already) => told(already ? 'already there' : 'came'),
  });
  watch = seen;
  const after = (act: () => void): Promise<string> => {
    const news = new Promise<string>((resolve) => (told = resolve));
    act();
    return news;
  };
  const look = (): void => seen.start();
  expect(await after(look)).toBe('nobody');
  expect([await after(connect), seen.isOn()]).toEqual(['came', false]);
  for (let nth = 0; nth < 2; nth += 1) expect(await after(look)).toBe('already there');
  child!.send('accept');
  await once(child!, 'message');
  expect([await after(look), seen.isOn()]).toEqual(['nobody', true]);
  seen.stop();
  expect(seen.isOn()).toBe(false);
});

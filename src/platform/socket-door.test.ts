// Sockets under names that others may take, in a folder of its own.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSocketDoor } from './socket-door.ts';
import type { SocketDoor } from './socket-door.ts';

let folder: string;
let file: string;
const doors: SocketDoor[] = [];
const others: net.Server[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'));
  file = path.join(folder, 'rpc.sock');
});
afterEach(async () => {
  for (const door of doors.splice(0)) door.close();
  await Promise.all(others.splice(0).map((server) => new Promise((resolve) => void server.close(resolve))));
  fs.rmSync(folder, { recursive: true });
});

/** A door at which everybody hears a word. */
async function open(word: string): Promise<SocketDoor> {
  const door = await openSocketDoor({ path: file, owner: null, accept: (socket) => void socket.write(word) });
  doors.push(door);
  return door;
}

/** What is said there until the end; null where nobody listens. */
function hear(until = /./): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    const socket = net.connect(file);
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(said));
    socket.on('data', (bytes: Buffer) => until.test((said += String(bytes))) && socket.destroy());
  });
}

function listen(at: string): Promise<net.Server> {
  const server = net.createServer((socket) => {
    // Who only looks whether somebody listens does not wait for the word.
    socket.on('error', () => undefined);
    socket.end('theirs');
  });
  others.push(server);
  return new Promise((resolve) => void server.listen(at, () => resolve(server)));
}

it('opens for the owner alone, and leaves no file', async () => {
  const door = await open('ours');
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(['rpc.sock']);
  expect(await hear()).toBe('ours');
  door.close();
  expect(fs.readdirSync(folder)).toEqual([]);
});

it('opens for another account where one is named', async () => {
  const [uid, gid] = [process.getuid!(), process.getgid!()];
  doors.push(await openSocketDoor({ path: file, owner: { uid, gid }, accept: (socket) => socket.end() }));
  expect(fs.statSync(file)).toMatchObject({ uid, gid });
  expect(fs.statSync(file).mode & 0o777).toBe(0o660);
});

it('takes the place of a file that nobody listens on', async () => {
  fs.writeFileSync(file, 'of a process that was killed');
  fs.writeFileSync(`${file}~`, 'the same');
  await open('ours');
  expect(await hear()).toBe('ours');
});

it('is refused where somebody listens, who goes on', async () => {
  await listen(file);
  await expect(open('ours')).rejects.toThrow(`Cannot listen on ${file}: another process listens there.`);
  expect(await hear()).toBe('theirs');
});

it('leaves alone the socket of one who has come in its place', async () => {
  const door = await open('ours');
  fs.rmSync(file);
  await listen(file);
  door.close();
  expect(await hear()).toBe('theirs');
});

it('ends the connections that it has, with what was written to them', async () => {
  const door = await open('ours');
  const heard = hear(/never/);
  await new Promise<void>((resolve) => {
    const probe = net.connect(file, () => resolve());
    probe.on('error', () => undefined);
  });
  door.close();
  expect(await heard).toBe('ours');
});

it('has no more than 64 connections at a time', async () => {
  await open('ours');
  const sockets = Array.from({ length: 66 }, () => net.connect(file));
  const ends = await Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve) => {
          socket.once('data', () => resolve('kept'));
          socket.once('error', () => resolve('closed'));
          socket.once('close', () => resolve('closed'));
        }),
    ),
  );
  for (const socket of sockets) socket.destroy();
  expect(ends.filter((end) => end === 'kept')).toHaveLength(64);
});

it('is refused where the path is longer than a socket may have', async () => {
  file = path.join(folder, 'x'.repeat(100));
  await expect(open('ours')).rejects.toThrow('the limit of Unix sockets');
});

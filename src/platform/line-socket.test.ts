// Conversations over real Unix sockets.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectLines, serveLines } from './line-socket.ts';
import type { LineSocket } from './line-socket.ts';

let folder: string;
let path: string;
const open: { close(): unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.sock');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
  rmSync(folder, { recursive: true });
});

interface End {
  readonly heard: unknown[];
  closed: number;
  socket: LineSocket | null;
  message(message: unknown): void;
}

function createEnd(): End & { events: { message(message: unknown): void; closed(): void } } {
  const end: End = { heard: [], closed: 0, socket: null, message: (message) => void end.heard.push(message) };
  return Object.assign(end, { events: { message: (message: unknown) => end.message(message), closed: () => void (end.closed += 1) } });
}

async function serve(): Promise<ReturnType<typeof createEnd>> {
  const end = createEnd();
  open.push(
    await serveLines(path, (socket) => {
      end.socket = socket;
      return end.events;
    }),
  );
  return end;
}

async function dial(): Promise<ReturnType<typeof createEnd> & { socket: LineSocket }> {
  const end = createEnd();
  const socket = await connectLines(path, end.events);
  open.push(socket);
  return Object.assign(end, { socket });
}

async function dialRaw(): Promise<Socket> {
  const socket = connect(path);
  open.push({ close: () => socket.destroy() });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

describe('two ends', () => {
  it('exchange messages in order, both ways, whatever is in them', async () => {
    const server = await serve();
    const client = await dial();
    const messages = Array.from({ length: 500 }, (_, n) => ({ n, text: 'zwei\nZeilen ✓ 😀'.repeat(n) }));
    for (const message of messages) client.socket.send(message);
    await vi.waitFor(() => expect(server.heard).toEqual(messages));
    server.socket!.send({ answer: true });
    await vi.waitFor(() => expect(client.heard).toEqual([{ answer: true }]));
  });

  it('put messages together that arrive in pieces, split within a character', async () => {
    const server = await serve();
    const raw = await dialRaw();
    for (const byte of Buffer.from('{"a":"✓"}\n{"b":')) {
      await new Promise((resolve) => raw.write(Buffer.of(byte), resolve));
    }
    await vi.waitFor(() => expect(server.heard).toEqual([{ a: '✓' }]));
    raw.write('2}\n');
    await vi.waitFor(() => expect(server.heard).toEqual([{ a: '✓' }, { b: 2 }]));
  });

  it('are each told once that it is over, and may go on sending without harm', async () => {
    const server = await serve();
    const client = await dial();
    await vi.waitFor(() => expect(server.socket).not.toBeNull());
    client.socket.close();
    client.socket.close();
    await vi.waitFor(() => expect([client.closed, server.closed]).toEqual([1, 1]));
    client.socket.send({});
    server.socket!.send({});
    expect(client.socket.queuedBytes).toBe(0);
  });

  it('know what a slow peer has not taken yet', async () => {
    const server = await serve();
    await dialRaw();
    await vi.waitFor(() => expect(server.socket).not.toBeNull());
    for (let n = 0; n < 100; n += 1) server.socket!.send({ filler: 'x'.repeat(100_000) });
    await vi.waitFor(() => expect(server.socket!.queuedBytes).toBeGreaterThan(5_000_000));
  });
});

describe('a server', () => {
  it('hangs up on a peer that writes garbage, and hears nothing of what follows', async () => {
    const server = await serve();
    const raw = await dialRaw();
    raw.write('{"good":1}\nGET / HTTP/1.1\r\n\r\n{"late":1}\n');
    await vi.waitFor(() => expect([server.heard, server.closed]).toEqual([[{ good: 1 }], 1]));
  });

  it('hangs up on a peer whose line never ends', async () => {
    const server = await serve();
    const raw = await dialRaw();
    const filler = Buffer.alloc(2 ** 20, 'x');
    for (let n = 0; n < 70 && !raw.destroyed; n += 1) await new Promise((resolve) => raw.write(filler, resolve));
    await vi.waitFor(() => expect([server.heard, server.closed]).toEqual([[], 1]));
  });

  it('is private', async () => {
    await serve();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('closes every connection and removes its file when it is closed', async () => {
    const server = await serve();
    const client = await dial();
    await vi.waitFor(() => expect(server.socket).not.toBeNull());
    await open.shift()!.close();
    await vi.waitFor(() => expect([client.closed, server.closed, existsSync(path)]).toEqual([1, 1, false]));
  });

  it('takes the place of one that was killed, and not of one that lives', async () => {
    const killed = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)},()=>process.kill(process.pid,'SIGKILL'))`,
    ]);
    await vi.waitFor(() => expect(killed.signalCode).toBe('SIGKILL'), 5000);
    expect(existsSync(path)).toBe(true);
    await expect(connectLines(path, createEnd().events)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await serve();
    await expect(serveLines(path, () => createEnd().events)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await dial();
  });
});

it('names the reason when nobody is there or the path cannot be one', async () => {
  await expect(connectLines(join(folder, 'absent'), createEnd().events)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(serveLines(join(folder, 'x'.repeat(120)), () => createEnd().events)).rejects.toMatchObject({ code: 'HOME_UNUSABLE' });
});

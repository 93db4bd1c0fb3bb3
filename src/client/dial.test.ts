// Both ways to the daemon, against sockets that do all that a socket can do.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dialByNet } from './net-dial.ts';
import { dialQuickly } from './quick-dial.ts';
import type { Dial, Wire } from './wire.ts';

let folder: string;
let socketPath: string;
let server: net.Server | null;
const sockets: net.Socket[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hfd-'));
  socketPath = path.join(folder, 's');
  server = null;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

function listen(connected: (socket: net.Socket) => void): Promise<void> {
  server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}); // A client that hangs up early is part of the tests.
    connected(socket);
  });
  return new Promise((resolve) => server!.listen(socketPath, resolve));
}

async function stop(): Promise<void> {
  const stopped = server;
  server = null;
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => (stopped === null ? resolve(null) : stopped.close(resolve)));
}

async function connect(dial: Dial): Promise<Wire> {
  const dialled = await dial(socketPath);
  if (dialled.kind !== 'connected') throw dialled.error;
  return dialled.wire;
}

async function readAll(wire: Wire): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let piece = await wire.read(); piece !== null; piece = await wire.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.each([
  ['node:net', dialByNet],
  ['the quick way', dialQuickly],
] as const)('by %s', (_, dial) => {
  it('what is written arrives whole, and what comes is read whole, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 50 }),
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })),
        async (asked, pieces) => {
          const request = `${asked}\n`;
          let heard = '';
          await listen((socket) => {
            socket.on('data', (chunk) => {
              heard += chunk.toString();
              if (Buffer.byteLength(heard) < Buffer.byteLength(request)) return;
              for (const piece of pieces) socket.write(piece);
              socket.end();
            });
          });
          const wire = await connect(dial);
          wire.write(request);
          expect(await readAll(wire)).toEqual(Buffer.concat(pieces));
          expect(heard).toBe(request);
          expect(await wire.read()).toBeNull();
          wire.close();
          await stop();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('megabytes go both ways, and whoever does not read holds up the other end', async () => {
    const bytes = Buffer.alloc(4 * 2 ** 20, 'holdfast');
    let sender: net.Socket | null = null;
    let heardBytes = 0;
    await listen((socket) => {
      sender = socket;
      socket.on('data', (chunk) => {
        heardBytes += chunk.length;
        if (heardBytes === bytes.length) socket.end(bytes);
      });
    });
    const wire = await connect(dial);
    wire.write(bytes.toString());
    await vi.waitFor(() => expect(heardBytes).toBe(bytes.length), { timeout: 20_000 });
    const first = await wire.read();
    // What kernel and wire keep is far less than all: the rest waits where it comes from.
    await new Promise((resolve) => setImmediate(resolve));
    expect(sender!.writableLength).toBeGreaterThan(2 ** 20);
    expect(Buffer.concat([first!, await readAll(wire)]).equals(bytes)).toBe(true);
    wire.close();
  });

  it('a break is an error with the code that the kernel gave it', async () => {
    // What it has not read is lost with it: that is a break, not an end (unix(7)).
    await listen((socket) => socket.once('readable', () => socket.destroy()));
    const wire = await connect(dial);
    wire.write('x'.repeat(2 ** 22));
    await expect(wire.read()).rejects.toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) as string });
    wire.close();
  });

  it('who closes it while it waits hears of an end, or of the reason', async () => {
    await listen(() => {});
    const quiet = await connect(dial);
    const end = quiet.read();
    quiet.close();
    quiet.close();
    expect(await end).toBeNull();
    const late = await connect(dial);
    const answer = late.read();
    late.close(new Error('too late'));
    await expect(answer).rejects.toThrow('too late');
  });

  it('no socket, a dead one, and something else are told apart', async () => {
    expect(await dial(socketPath)).toMatchObject({ kind: 'nobody', error: { code: 'ENOENT' } });
    await listen(() => {});
    fs.linkSync(socketPath, `${socketPath}.dead`);
    await stop();
    expect(await dial(`${socketPath}.dead`)).toMatchObject({ kind: 'nobody', error: { code: 'ECONNREFUSED' } });
    fs.writeFileSync(path.join(folder, 'file'), '');
    expect(await dial(path.join(folder, 'file', 's'))).toMatchObject({ kind: 'failed', error: { code: 'ENOTDIR' } });
  });

  it('silence ends it, for the reason that was given', async () => {
    await listen(() => {});
    const wire = await connect(dial);
    wire.limitSilence(1, new Error('no answer'));
    await expect(wire.read()).rejects.toThrow('no answer');
  });
});

describe('the quick way', () => {
  const { binding } = process as unknown as { binding?: unknown };
  afterEach(() => void Object.assign(process, { binding }));

  it('is that of node:net where Node refuses what it stands on', async () => {
    const refused = vi.fn<() => never>(() => {
      throw new Error('Access to this API has been restricted');
    });
    Object.assign(process, { binding: refused });
    await listen((socket) => socket.end('here'));
    expect((await readAll(await connect(dialQuickly))).toString()).toBe('here');
    expect(refused).toHaveBeenCalled();
  });

  it('needs nothing of node:net', async () => {
    const byNet = vi.spyOn(net, 'connect');
    await listen((socket) => socket.end('here'));
    expect((await readAll(await connect(dialQuickly))).toString()).toBe('here');
    expect(byNet).not.toHaveBeenCalled();
  });
});

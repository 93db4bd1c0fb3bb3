// The client against sockets that answer in every way a socket can.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient } from './client.ts';

let folder: string;
let socketPath: string;
let server: net.Server | null;
let requests: string[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hfc-'));
  socketPath = path.join(folder, 's');
  server = null;
  requests = [];
});
afterEach(async () => {
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Answers every connection with these pieces, one by one, after its request has come. */
function answer(...pieces: readonly (string | Buffer)[]): Promise<void> {
  server = net.createServer((socket) => {
    socket.on('error', () => {}); // A client that hangs up early is part of the tests.
    socket.once('data', (request) => {
      requests.push(request.toString());
      void (async () => {
        for (const piece of pieces) {
          socket.write(piece);
          await new Promise((resolve) => setImmediate(resolve));
        }
        socket.end();
      })();
    });
  });
  return new Promise((resolve) => server!.listen(socketPath, resolve));
}

const withLength = (body: string, status = '200 OK'): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const PONG = '{"msg":"pong","version":"1","pid":7}';
const chunked = (body: string, sizes: readonly number[]): string => {
  let chunks = '';
  let rest = Buffer.from(body);
  for (const size of [...sizes, body.length * 4]) {
    const piece = rest.subarray(0, size);
    rest = rest.subarray(size);
    if (piece.length > 0) chunks += `${piece.length.toString(16)};ext=1\r\n${piece.toString('latin1')}\r\n`;
  }
  return `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
};

describe('a reply', () => {
  it('is read by its length, in chunks, or to its end, split anywhere', async () => {
    const wholes = [withLength(PONG), chunked(PONG, [1, 5, 2]), `HTTP/1.0 200 OK\r\n\r\n${PONG}`];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...wholes), fc.array(fc.nat({ max: 200 }), { maxLength: 6 }), async (whole, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        fs.rmSync(socketPath, { force: true });
        await answer(
          ...places
            .slice(1)
            .map((end, index) => whole.slice(places[index], end))
            .filter((piece) => piece !== ''),
        );
        await expect(createClient({ socketPath }).ping()).resolves.toEqual(JSON.parse(PONG));
        await new Promise((resolve) => server!.close(resolve));
        server = null;
      }),
      { numRuns: 60 },
    );
  });

  it('that refuses is the error it was', async () => {
    await answer(withLength('{"error":{"code":"NAME_TAKEN","message":"Cannot.","hint":"try this"}}', '409 Conflict'));
    await expect(createClient({ socketPath }).operate({ action: 'kill' })).rejects.toMatchObject({
      name: 'HoldfastError',
      code: 'NAME_TAKEN',
      message: 'Cannot.',
      hint: 'try this',
    });
  });

  it('that nobody understands is shown as it came', async () => {
    await answer(withLength('<html>no</html>', '502 Bad Gateway'));
    await expect(createClient({ socketPath }).ping()).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('502 with "<html>no</html>"'),
    });
  });

  it('that is cut, or no HTTP at all, is an error and never a hang', async () => {
    for (const bytes of [
      '',
      'HTTP/1.1 200 OK\r\nContent-Le',
      withLength(PONG).slice(0, -3),
      chunked(PONG, [9]).slice(0, -9),
      '\0\0\0\r\n\r\n',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
      'a'.repeat(70_000),
    ]) {
      fs.rmSync(socketPath, { force: true });
      await answer(bytes);
      await expect(createClient({ socketPath }).ping()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
      await new Promise((resolve) => server!.close(resolve));
      server = null;
    }
  });
});

describe('a request', () => {
  it('says what it wants, with its length in bytes', async () => {
    await answer(withLength('{}'));
    const client = createClient({ socketPath });
    await client.operate({ action: 'stop', targets: ['naïve & co'] });
    await client.apps({ targets: ['a b', '/x&y/'], full: true });
    const body = '{"action":"stop","targets":["naïve & co"]}';
    expect(requests[0]).toBe(
      `POST /v1/operations HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    expect(requests[1]!.split('\r\n')[0]).toBe('GET /v1/apps?target=a+b&target=%2Fx%26y%2F&full=1 HTTP/1.1');
  });

  it('is never sent twice, though the connection breaks', async () => {
    await answer('');
    const client = createClient({ socketPath, launch: () => Promise.reject(new Error('never')) });
    await expect(client.operate({ action: 'kill' })).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
    expect(requests).toHaveLength(1);
  });
});

describe('a question', () => {
  const CUTS: readonly [string, string][] = [
    ['before it says anything', ''],
    ['in the middle of its answer', withLength(PONG).slice(0, -3)],
  ];

  it.each(CUTS)('is asked again, once, when the daemon goes away %s', async (_, cut) => {
    await answer(cut);
    const launch = async (): Promise<void> => answer(withLength(PONG));
    const dying = server!;
    dying.once('connection', () => dying.close());
    await expect(createClient({ socketPath, launch }).ping()).resolves.toEqual(JSON.parse(PONG));
    expect(requests).toHaveLength(2);
  });

  it('is not asked a third time', async () => {
    await answer('');
    await expect(createClient({ socketPath }).ping()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
    expect(requests).toHaveLength(2);
  });

  it('is not asked again where the answer is no answer', async () => {
    await answer('\0\0\0\r\n\r\n');
    await expect(createClient({ socketPath }).ping()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
    expect(requests).toHaveLength(1);
  });
});

describe('the patience of a client', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is half a minute beyond the time that it has asked for', async () => {
    await answer(withLength('{}'));
    const silences = vi.spyOn(net.Socket.prototype, 'setTimeout');
    const client = createClient({ socketPath });
    await client.manager();
    await client.trigger({ target: 'api', action: 'gc', timeoutMs: 300_000 });
    await client.profile({ kind: 'cpu', durationMs: 600_000 });
    expect(silences.mock.calls.map(([silenceMs]) => silenceMs)).toEqual([30_000, 330_000, 630_000]);
  });
});

describe('a daemon that is not there', () => {
  it('is launched once, whether its socket is missing or dead', async () => {
    let launches = 0;
    const launch = async (): Promise<void> => {
      launches += 1;
      fs.rmSync(socketPath, { force: true });
      await answer(withLength(PONG));
    };
    await expect(createClient({ socketPath, launch }).ping()).resolves.toMatchObject({ msg: 'pong' });
    await new Promise((resolve) => server!.close(resolve));
    await leaveDeadSocket();
    await expect(createClient({ socketPath, launch }).ping()).resolves.toMatchObject({ msg: 'pong' });
    expect(launches).toBe(2);
  });

  it('is unreachable when there is no launch, or when it does not help', async () => {
    await expect(createClient({ socketPath }).ping()).rejects.toMatchObject({
      code: 'DAEMON_UNREACHABLE',
      message: expect.stringContaining(socketPath),
    });
    let launches = 0;
    const launch = async (): Promise<void> => void (launches += 1);
    await expect(createClient({ socketPath, launch }).apps()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
    expect(launches).toBe(1);
  });

  it('does not run, and is not started by being asked', async () => {
    const client = createClient({ socketPath, launch: () => Promise.reject(new Error('never')) });
    expect(await client.isRunning()).toBe(false);
    await leaveDeadSocket();
    expect(await client.isRunning()).toBe(false);
    fs.rmSync(socketPath);
    await answer(withLength(PONG));
    expect(await client.isRunning()).toBe(true);
  });
});

describe('a stream', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';

  it('yields its values, split anywhere, also within a character', async () => {
    const bytes = Buffer.from(`${HEAD}data: {"text":"grün €"}\n\n: a comment\n\ndata: {"text":"zwei"}\n\n`);
    await answer(...Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)));
    const values: unknown[] = [];
    for await (const entry of createClient({ socketPath }).logs({})) values.push(entry);
    expect(values).toEqual([{ text: 'grün €' }, { text: 'zwei' }]);
  });

  it('ends quietly when it is aborted, before and in the middle', async () => {
    const abort = new AbortController();
    await answer(`${HEAD}data: 1\n\n`, 'data: 2\n\n', 'data: 3\n\n');
    const values: unknown[] = [];
    for await (const entry of createClient({ socketPath }).logs({ signal: abort.signal })) {
      values.push(entry);
      abort.abort();
    }
    expect(values).toEqual([1]);
    for await (const entry of createClient({ socketPath }).logs({ signal: abort.signal })) values.push(entry);
    expect(values).toEqual([1]);
    expect(requests).toHaveLength(1);
  });

  it('that is refused throws the refusal', async () => {
    await answer(withLength('{"error":{"code":"TARGET_NOT_FOUND","message":"Cannot."}}', '404 Not Found'));
    const reading = async (): Promise<void> => {
      for await (const entry of createClient({ socketPath }).watch('x')) throw new Error(`unexpected ${JSON.stringify(entry)}`);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
  });
});

/** A socket file whose owner is gone: the second name of a socket stays when its server unlinks the first. */
async function leaveDeadSocket(): Promise<void> {
  fs.rmSync(socketPath, { force: true });
  const other = net.createServer();
  await new Promise<void>((resolve) => other.listen(`${socketPath}2`, resolve));
  fs.linkSync(`${socketPath}2`, socketPath);
  await new Promise((resolve) => other.close(resolve));
}

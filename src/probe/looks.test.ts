// The looks themselves, at real servers and with real commands.
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProbeSpec } from '../model/app-spec.ts';
import { isSameProcess, startTimeOf } from '../platform/proc-stat.ts';
import { systemClock } from '../platform/clock.ts';
import { lookAt } from './look-at.ts';
import type { LookResult } from './look.ts';
import type { LookTarget } from './target.ts';

const NOWHERE: LookTarget = {
  pid: null,
  port: null,
  connect: () => null,
  sharesPort: false,
  found: { place: null },
  cwd: os.tmpdir(),
  env: { PATH: process.env['PATH'] ?? '' },
  user: null,
  messages: null,
};

const targetOf = (fields: Partial<LookTarget> = {}): LookTarget => ({ ...NOWHERE, found: { place: null }, ...fields });

function look(check: ProbeSpec['check'], target: Partial<LookTarget> = {}, timeoutMs = 5000): Promise<LookResult> {
  return new Promise((done) => lookAt(check, { target: targetOf(target), timeoutMs, clock: systemClock, done }));
}

const get = (port: number | null, fields: { path?: string; statuses?: number[] } = {}): ProbeSpec['check'] => ({
  kind: 'http',
  path: '/ready',
  port,
  tls: false,
  statuses: null,
  ...fields,
});

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as net.AddressInfo).port;
}

const serve = (answer: http.RequestListener): Promise<number> => listen(http.createServer(answer));
const say = (text: string): Promise<number> => listen(net.createServer((socket) => socket.on('error', () => {}).end(text)));

describe('an http look', () => {
  it('asks as a client would, and says the status', async () => {
    const seen: unknown[] = [];
    const port = await serve((request, response) => {
      seen.push(request.method, request.url, request.headers);
      response.end('fine');
    });
    expect(await look(get(port, { path: '/is it/ready?ä=1' }))).toEqual({ ok: true, text: '200 OK' });
    expect(seen).toEqual([
      'GET',
      '/is%20it/ready?%C3%A4=1',
      { host: `localhost:${port}`, 'user-agent': 'holdfast', accept: '*/*', connection: 'close' },
    ]);
  });

  it.each([
    [204, {}, true, '204 No Content'],
    [302, {}, true, '302 Found'],
    [404, {}, false, '404 Not Found'],
    [503, {}, false, '503 Service Unavailable'],
    [404, { statuses: [404] }, true, '404 Not Found'],
    [200, { statuses: [404] }, false, '200 OK'],
  ])('of status %d with %j', async (status, fields, ok, text) => {
    const port = await serve((_, response) => response.writeHead(status).end());
    expect(await look(get(port, fields))).toEqual({ ok, text });
  });

  it('lets the app finish an answer that it has begun', async () => {
    const sent: string[] = [];
    const port = await serve((_, response) => {
      response.on('finish', () => sent.push('finished')).on('close', () => sent.push('closed'));
      response.write('x'.repeat(100_000), () => setImmediate(() => response.end('end')));
    });
    expect(await look(get(port))).toEqual({ ok: true, text: '200 OK' });
    await vi.waitFor(() => expect(sent).toEqual(['finished', 'closed']));
  });

  it('does not read for ever', async () => {
    const closed: string[] = [];
    const port = await serve((request, response) => {
      const more = (): boolean => response.write('x'.repeat(10_000)) && setImmediate(more) !== null;
      response.on('drain', more);
      request.socket.on('close', () => closed.push('closed'));
      more();
    });
    expect(await look(get(port))).toEqual({ ok: true, text: '200 OK' });
    await vi.waitFor(() => expect(closed).toEqual(['closed']));
  });

  it.each([
    ['SSH-2.0-x\r\n', 'the answer is not HTTP'],
    ['', 'connection closed without an answer'],
    ['HTTP/1.1 2', 'connection closed without an answer'],
  ])('of a server that says %j', async (text, reason) => {
    expect(await look(get(await say(text)))).toEqual({ ok: false, text: reason });
  });

  it('says that nobody listens', async () => {
    expect(await look(get(null))).toEqual({ ok: false, text: 'it listens on no port' });
    expect(await look(get(1))).toEqual({ ok: false, text: 'connection refused on port 1' });
  });

  it('finds the port by itself, and again after it has moved', async () => {
    const child = { pid: process.pid };
    const found = { place: { address: '127.0.0.1', port: 1 } };
    const port = await serve((_, response) => response.end());
    expect(await look(get(null), { ...child, port, found })).toEqual({ ok: false, text: 'connection refused on port 1' });
    expect(await look(get(null), { ...child, port, found })).toEqual({ ok: true, text: '200 OK' });
    expect(found.place).toEqual({ address: '127.0.0.1', port });
  });

  it('gives up in time, and closes the connection', async () => {
    const closed: string[] = [];
    const port = await serve((request) => request.socket.on('close', () => closed.push('closed')));
    expect(await look(get(port), {}, 50)).toEqual({ ok: false, text: 'no answer within 50 ms' });
    await vi.waitFor(() => expect(closed).toEqual(['closed']));
  });

  it('ends without a result when it is cancelled', async () => {
    const seen: string[] = [];
    const port = await serve((request) => {
      seen.push('asked');
      request.socket.on('close', () => seen.push('closed'));
    });
    const done = (): void => void seen.push('done');
    const cancel = lookAt(get(port), { target: targetOf(), timeoutMs: 5000, clock: systemClock, done });
    await vi.waitFor(() => expect(seen).toEqual(['asked']));
    cancel();
    await vi.waitFor(() => expect(seen).toEqual(['asked', 'closed']));
  });
});

describe('a tcp look', () => {
  it('passes when there is somebody, and says so when there is not', async () => {
    const port = await say('');
    expect(await look({ kind: 'tcp', port })).toEqual({ ok: true, text: 'connected' });
    expect(await look({ kind: 'tcp', port: 1 })).toEqual({ ok: false, text: 'connection refused on port 1' });
  });

  it('through a balancer waits until the instance has the connection', async () => {
    const port = await say('');
    const connect: LookTarget['connect'] = () => ({ socket: net.connect(port, '127.0.0.1'), port });
    expect(await look({ kind: 'tcp', port: null }, { connect }, 100)).toMatchObject({ ok: false });
    expect(await look({ kind: 'tcp', port }, { connect: () => 'not-listening' })).toMatchObject({ ok: false });
  });
});

describe('an exec look', () => {
  const exec = (command: string, target: Partial<LookTarget> = {}, timeoutMs = 5000): Promise<LookResult> =>
    look({ kind: 'exec', command }, target, timeoutMs);

  it('passes with exit code 0, in the folder and with the environment of the app', async () => {
    const env = { ...NOWHERE.env, COLOUR: 'red' };
    expect(await exec('test "$COLOUR" = red && test "$PWD" = /', { env, cwd: '/' })).toEqual({ ok: true, text: 'exit code 0' });
  });

  it.each([
    ['echo no disk >&2; echo; exit 2', 'exit code 2: no disk'],
    ['exit 3', 'exit code 3'],
    ['kill -TERM $$', 'killed by SIGTERM'],
  ])('says how %j failed', async (command, text) => {
    expect(await exec(command)).toEqual({ ok: false, text });
  });

  it('says why it cannot be run', async () => {
    const text = 'cannot be run: the working directory /no/such/folder does not exist';
    expect(await exec('true', { cwd: '/no/such/folder' })).toEqual({ ok: false, text });
  });

  it('ends what does not end in time, with all that it has started', async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-look-')), 'pid');
    onTestFinished(() => fs.rmSync(path.dirname(file), { recursive: true }));
    expect(await exec(`sleep 1000 & echo $! > ${file}; wait`, {}, 300)).toEqual({ ok: false, text: 'no answer within 300 ms' });
    const pid = Number(fs.readFileSync(file, 'utf8'));
    await vi.waitFor(() => expect(startTimeOf(pid) !== null && isSameProcess({ pid, startTime: startTimeOf(pid)! })).toBe(false));
  });

  it('leaves nothing in the background either, and is not held up by it', async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-look-')), 'pid');
    onTestFinished(() => fs.rmSync(path.dirname(file), { recursive: true }));
    expect(await exec(`sleep 1000 & echo $! > ${file}`)).toEqual({ ok: true, text: 'exit code 0' });
    await vi.waitFor(() => expect(startTimeOf(Number(fs.readFileSync(file, 'utf8')))).toBeNull());
  });
});

describe('a message look', () => {
  function app(answers: readonly unknown[], isReachable = true) {
    const listeners = new Set<(message: unknown) => void>();
    const asked: unknown[] = [];
    const messages: NonNullable<LookTarget['messages']> = {
      send(message) {
        asked.push(message);
        for (const answer of answers) queueMicrotask(() => listeners.forEach((listener) => listener(answer)));
        return isReachable;
      },
      hear(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    return { messages, asked, listeners };
  }

  it('passes with the answer `healthy` among others, and stops listening', async () => {
    const { messages, asked, listeners } = app([{ stats: 1 }, 'healthy']);
    expect(await look({ kind: 'message' }, { messages })).toEqual({ ok: true, text: 'healthy' });
    expect([asked, listeners.size]).toEqual([['health'], 0]);
  });

  it('fails without an answer, without a channel, and without Node', async () => {
    expect(await look({ kind: 'message' }, { messages: app(['ill']).messages }, 50)).toEqual({ ok: false, text: 'no answer within 50 ms' });
    expect(await look({ kind: 'message' }, { messages: app([], false).messages })).toEqual({
      ok: false,
      text: 'its message channel is closed',
    });
    expect(await look({ kind: 'message' })).toMatchObject({ ok: false });
  });
});

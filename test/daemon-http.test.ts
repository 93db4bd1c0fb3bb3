// The API at the door: every route, and what clients do that they should not.
import fs from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATHS } from '../src/model/api-paths.ts';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';

let kit: DaemonKit;
beforeAll(async () => {
  kit = await createDaemonKit();
  await kit.operate({
    action: 'apply',
    specs: [appSpec('web', { instances: 2 }), appSpec('job', { namespace: 'batch', mode: 'fork', minUptimeMs: 0 })],
    existing: 'refuse',
  });
});
afterAll(() => kit.dispose());

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: unknown;
}

/** Sends bytes as they are and collects all that comes until the other side closes. */
function raw(bytes: string | Buffer, end = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(kit.home.socket);
    const pieces: Buffer[] = [];
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', () => {}); // The close that follows tells all.
    socket.on('close', () => resolve(Buffer.concat(pieces).toString()));
    if (end) socket.end(bytes);
    else socket.write(bytes);
  });
}

async function ask(method: string, path: string, body?: string): Promise<Answer> {
  const length = body === undefined ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  const reply = await raw(`${method} ${path} HTTP/1.1\r\nhost: anything.example\r\nconnection: close\r\n${length}\r\n${body ?? ''}`);
  const [head, text] = reply.split(/\r\n\r\n(.*)/s, 2) as [string, string];
  return { status: Number(head.split(' ')[1]), head, body: JSON.parse(text) };
}

const refusal = (status: number, code: string, message: RegExp) => ({
  status,
  body: { error: { code, message: expect.stringMatching(message) } },
});

describe('every route', () => {
  it('GET /v1/ping', async () => {
    expect(await ask('GET', PATHS.ping)).toMatchObject({ status: 200, body: { msg: 'pong', version: '1.2.3', pid: process.pid } });
  });

  it('GET /v1/manager', async () => {
    const hosts = ['job', 'web'].map((name) => ({ name, pid: kit.hosts.get(name)!.process.pid, apps: [name], version: '1.2.3' }));
    const { status, body } = await ask('GET', PATHS.manager);
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: '1.2.3', home: kit.home.root, daemon: { pid: process.pid, uptimeMs: expect.any(Number) } });
    expect((body as { hosts: { name: string }[] }).hosts.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(hosts);
  });

  it('GET /v1/apps, all of them, by target, and with their specs', async () => {
    const names = async (query: string): Promise<string[]> =>
      ((await ask('GET', `${PATHS.apps}${query}`)).body as { apps: { name: string; instances: { id: number }[] }[] }).apps.map(
        (app) => `${app.name} ${app.instances.map((one) => one.id).join()}`,
      );
    expect(await names('')).toEqual(['web 0,1', 'job 2']);
    expect(await names('?target=batch&target=1')).toEqual(['web 1', 'job 2']);
    expect((await ask('GET', `${PATHS.apps}?target=job&full=1`)).body).toMatchObject({
      apps: [{ name: 'job', mode: 'fork', host: 'job', spec: { env: { PATH: '/usr/bin' } } }],
      alerts: [],
    });
    expect(((await ask('GET', PATHS.apps)).body as { apps: object[] }).apps[0]).not.toHaveProperty('spec');
  });

  it('POST /v1/operations, GET /v1/operations/:id and its stream', async () => {
    const { status, body } = await ask('POST', PATHS.operations, JSON.stringify({ action: 'restart', targets: ['web'] }));
    expect(status).toBe(202);
    const { id } = body as { id: string };
    const stream = await raw(`GET ${PATHS.operationStream.replace(':id', id)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(stream).toContain('content-type: text/event-stream');
    expect(stream.match(/data: .*/g)!.at(-1)).toContain('"state":"done"');
    expect(await ask('GET', PATHS.operation.replace(':id', id))).toMatchObject({
      status: 200,
      body: { id, action: 'restart', state: 'done', outcomes: [{ id: 0 }, { id: 1 }] },
    });
  });

  it('POST /v1/inputs', async () => {
    const sent = await ask('POST', PATHS.inputs, JSON.stringify({ target: 'web', line: 'hello' }));
    expect(sent).toMatchObject({ status: 200, body: { sent: [0, 1].map((slot) => ({ app: 'web', slot, id: slot })) } });
  });

  it('POST /v1/profiles', async () => {
    const { status, body } = await ask('POST', PATHS.profiles, JSON.stringify({ kind: 'cpu', durationMs: 10 }));
    expect([status, body]).toEqual([200, { profile: expect.objectContaining({ nodes: expect.any(Array), samples: expect.any(Array) }) }]);
  });

  it('GET /v1/logs', async () => {
    const stream = await raw(`GET ${PATHS.logs}?target=web&lines=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(stream).toContain('content-type: text/event-stream');
    expect(stream).toContain('"app":"web"');
  });
});

describe('what is refused, and changes nothing', () => {
  it('a path that is not there: 404', async () => {
    for (const path of ['/', '/v1', '/v1/', '/v2/ping', '/v1/operations/a/b/c', '/v1/ping/', '/../v1/ping', '/__proto__']) {
      expect(await ask('GET', path)).toMatchObject(refusal(404, 'USAGE', /there is no such path/));
    }
    expect(await ask('GET', '/v1/operations/nonsense')).toMatchObject(refusal(404, 'TARGET_NOT_FOUND', /operation nonsense/));
    expect(await ask('GET', '/v1/operations/nonsense/stream')).toMatchObject(refusal(404, 'TARGET_NOT_FOUND', /operation nonsense/));
  });

  it('a method that a path does not take: 405, with those it takes', async () => {
    for (const [method, path] of [
      ['POST', PATHS.ping],
      ['DELETE', PATHS.apps],
      ['GET', PATHS.operations],
      ['PUT', PATHS.operation],
    ] as const) {
      const answer = await ask(method, path);
      expect(answer).toMatchObject(refusal(405, 'USAGE', /this path takes (GET|POST)/));
      expect(answer.head).toMatch(/^allow: (GET|POST)$/m);
    }
  });

  it('a body that is no JSON, or not what the schema says: 400, with path and value', async () => {
    const post = (body: unknown): Promise<Answer> => ask('POST', PATHS.operations, typeof body === 'string' ? body : JSON.stringify(body));
    expect(await post('{"action":')).toMatchObject(refusal(400, 'USAGE', /is not JSON/));
    expect(await post('')).toMatchObject(refusal(400, 'USAGE', /is not JSON/));
    expect(await post({ action: 'explode' })).toMatchObject(refusal(400, 'USAGE', /action: .*"explode"/));
    expect(await post({ action: 'stop', targets: [] })).toMatchObject(refusal(400, 'USAGE', /targets: /));
    expect(await post({ action: 'stop', targets: ['web'], hard: true })).toMatchObject(refusal(400, 'USAGE', /hard/));
    const spec = { ...appSpec('new'), killTimeoutMs: 'soon' };
    expect(await post({ action: 'apply', specs: [spec], existing: 'refuse' })).toMatchObject(
      refusal(400, 'USAGE', /specs\.0\.killTimeoutMs: .*"soon"/),
    );
    expect(await post({ action: 'apply', specs: [{ ...appSpec('web'), stopSignal: 'SIGFOO' }], existing: 'restart' })).toMatchObject(
      refusal(400, 'USAGE', /^Cannot read the request: specs\.0\.stopSignal: .*"SIGTERM".* "SIGFOO"\.$/),
    );
    expect(await post({ action: 'apply', specs: [appSpec('new'), appSpec('new')], existing: 'refuse' })).toMatchObject(
      refusal(400, 'CONFIG_INVALID', /two apps/),
    );
    expect((await kit.client.apps()).apps.map((app) => app.name)).toEqual(['web', 'job']);
  });

  it('a second profile while one is made, which goes on; and it ends with who has asked for it', async () => {
    const post = (body: object): Promise<Answer> => ask('POST', PATHS.profiles, JSON.stringify(body));
    const body = JSON.stringify({ kind: 'cpu', durationMs: 600_000 });
    const first = net.connect(kit.home.socket);
    first.write(`POST ${PATHS.profiles} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    const short = { kind: 'mem', durationMs: 1 };
    await until('the first one has begun', async () => (await post(short)).status === 409);
    expect(await post(short)).toMatchObject(refusal(409, 'NOTHING_TO_DO', /another profile of it is being made/));
    first.destroy();
    await until('the first one has ended', async () => (await post(short)).status === 200);
    for (const wrong of [{ kind: 'disk', durationMs: 1 }, { kind: 'cpu' }, { ...short, durationMs: 0 }, { ...short, durationMs: 600_001 }])
      expect(await post(wrong)).toMatchObject(refusal(400, 'USAGE', /(kind|durationMs): /));
  });

  it('input for nobody, for what is down, of several lines or too long', async () => {
    const post = (body: object): Promise<Answer> => ask('POST', PATHS.inputs, JSON.stringify(body));
    for (const target of ['nobody', '77', '-1', '1e3', '__proto__', '/[/'])
      expect(await post({ target, line: 'x' })).toMatchObject(refusal(404, 'TARGET_NOT_FOUND', /^Cannot send to /));
    for (const body of [{ target: '', line: 'x' }, { target: 'job' }, { target: 2, line: 'x' }, { target: ['job'], line: 'x' }])
      expect(await post(body)).toMatchObject(refusal(400, 'USAGE', /(target|line): /));
    expect(await post({ target: 'job', line: 'x\ny' })).toMatchObject(refusal(400, 'USAGE', /line: several lines/));
    expect(await post({ target: 'job', line: 'é'.repeat(2048) })).toMatchObject(refusal(400, 'USAGE', /line: longer than 4095 bytes/));
    expect(await post({ target: 'job', line: 'x'.repeat(4095) })).toMatchObject({ status: 200 });
    expect(await post({ target: 'job', line: 'x'.repeat(4095), end: '\r\n' })).toMatchObject(
      refusal(400, 'USAGE', /line: longer than 4094 bytes/),
    );
    expect(await post({ target: 'job', line: 'x'.repeat(4096), end: '' })).toMatchObject({ status: 200 });
    await kit.operate({ action: 'stop', targets: ['job'] });
    expect(await post({ target: 'job', line: 'x' })).toMatchObject(
      refusal(500, 'OPERATION_FAILED', /^Cannot send to job:0: it is not running\.$/),
    );
    await kit.operate({ action: 'start', targets: ['job'] });
  });

  it('query parameters that are unknown or wrong: 400', async () => {
    expect(await ask('GET', `${PATHS.apps}?targets=web`)).toMatchObject(
      refusal(400, 'USAGE', /no query parameter "targets", only target, full/),
    );
    expect(await ask('GET', `${PATHS.apps}?full=maybe`)).toMatchObject(refusal(400, 'USAGE', /full is "maybe", not 1 or 0/));
    expect(await ask('GET', `${PATHS.apps}?target=`)).toMatchObject(refusal(400, 'USAGE', /target is ""/));
    expect(await ask('GET', `${PATHS.logs}?lines=-1`)).toMatchObject(refusal(400, 'USAGE', /lines is "-1"/));
    expect(await ask('GET', `${PATHS.ping}?x=1`)).toMatchObject(refusal(400, 'USAGE', /no query parameter "x"/));
    expect(await ask('GET', `${PATHS.apps}?target=nobody`)).toMatchObject(refusal(404, 'TARGET_NOT_FOUND', /nobody/));
    expect(await ask('GET', `${PATHS.logs}?target=/(/`)).toMatchObject(refusal(404, 'TARGET_NOT_FOUND', /regular expression/));
  });

  it('a body over 8 MB: 413, whether it says so or not', async () => {
    const big = 'x'.repeat(9 * 2 ** 20);
    expect(await ask('POST', PATHS.operations, big)).toMatchObject(refusal(413, 'USAGE', /larger than/));
    const chunk = `${(2 ** 20).toString(16)}\r\n${'y'.repeat(2 ** 20)}\r\n`;
    const reply = await raw(`POST ${PATHS.operations} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(9)}`);
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('bytes that are not HTTP: 400, and the connection is closed', async () => {
    for (const bytes of [
      '\0\x01\x02\xff\r\n\r\n',
      'hello\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n\r\n`,
    ]) {
      expect(await raw(Buffer.from(bytes, 'latin1'))).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*"code":"USAGE"/s);
    }
  });

  it('half requests: whoever hangs up in the middle leaves nothing behind', async () => {
    const whole = `POST ${PATHS.operations} HTTP/1.1\r\nhost: x\r\ncontent-length: 42\r\n\r\n{"action":"delete","targets":["all"]}`;
    for (let length = 0; length <= whole.length; length += 7) await raw(whole.slice(0, length), true);
    expect((await ask('GET', PATHS.ping)).status).toBe(200);
    expect((await kit.client.apps()).apps).toHaveLength(2);
  });

  it('is served by a socket that only its owner may open', () => {
    expect(fs.statSync(kit.home.socket).mode & 0o777).toBe(0o600);
    expect(fs.statSync(kit.home.state).mode & 0o777).toBe(0o600);
    expect(fs.statSync(kit.home.log).mode & 0o777).toBe(0o600);
  });
});

describe('watchers', () => {
  it('may leave in the middle of an operation, and come back after its end', async () => {
    kit.behave(() => {});
    const { id } = await kit.client.operate({ action: 'restart', targets: ['job'] });
    const leaving = new AbortController();
    for await (const update of kit.client.watch(id, leaving.signal)) {
      if (update.type === 'event') leaving.abort();
    }
    kit.hosts.get('job')!.instance('job', 0).online();
    await until(
      'it is done',
      async () => ((await ask('GET', PATHS.operation.replace(':id', id))).body as { state: string }).state === 'done',
    );
    const late = [];
    for await (const update of kit.client.watch(id)) late.push(update);
    expect(late.map((update) => (update.type === 'event' ? update.event.kind : update.operation.state))).toEqual([
      'starting',
      'online',
      'done',
    ]);
  });
});

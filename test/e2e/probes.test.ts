// Looks at instances with a real balancer and real apps: they reach the very one they are about, and a blocked loop is seen from outside.
import fs from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ProbeSpec } from '../../src/model/app-spec.ts';
import { ask, askInTurn } from './kit/ask.ts';
import { makeCertificate } from './kit/certificate.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost, MiniOptions } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
afterEach(() => host.dispose());
afterAll(removeBundles);

async function start(script: string, env: Readonly<Record<string, string>> = {}, more: Partial<MiniOptions> = {}): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app(script), env: { PORT: String(port), ...env }, ...more });
  if (more.mode !== 'fork') await host.ready();
  return port;
}

const HTTP: Extract<ProbeSpec['check'], { kind: 'http' }> = { kind: 'http', path: '/health', port: null, tls: false, statuses: null };
const TCP: Extract<ProbeSpec['check'], { kind: 'tcp' }> = { kind: 'tcp', port: null };

const timesAsked = (key: number): number => host.output(key).split('asked').length - 1;
const pidOf = (body: string): number => (JSON.parse(body) as { pid: number }).pid;

/** Sends one instance there; its key. The request is answered when it is free again, or not at all. */
async function block(port: number, path: string): Promise<number> {
  ask({ port, path }).catch(() => {});
  // The other one is not blocked, and turns are strict: one of these two is answered at once.
  const { body } = await Promise.any([ask({ port }), ask({ port })]);
  return host.pidOf(1) === pidOf(body) ? 2 : 1;
}

describe('a look through the balancer', () => {
  it('reaches that very instance, in rotation or not, and disturbs nobody’s turn', async () => {
    const port = await start('health.cjs');
    const pids: number[] = [];
    for (let nth = 0; nth < 10; nth += 1) {
      pids.push(pidOf((await ask({ port })).body));
      expect(await host.probe(2, nth % 2 === 0 ? HTTP : { ...HTTP, port })).toEqual({ ok: true, text: '200 OK' });
      expect(await host.probe(2, TCP)).toEqual({ ok: true, text: 'connected' });
    }
    for (let nth = 1; nth < 10; nth += 1) expect(pids[nth]).not.toBe(pids[nth - 1]);
    await waitFor('the output of all looks', () => timesAsked(2) === 10);
    expect(timesAsked(1)).toBe(0);
    host.tell({ do: 'leave', key: 2 });
    expect(await host.probe(2, HTTP)).toEqual({ ok: true, text: '200 OK' });
    expect(new Set((await askInTurn(4, { port })).map(pidOf))).toEqual(new Set([host.pidOf(1)]));
  });

  it('says what is wrong with it', async () => {
    const port = await start('health.cjs');
    const ill = pidOf((await ask({ port, path: '/ill?ms=60000' })).body) === host.pidOf(1) ? 1 : 2;
    expect(await host.probe(ill, HTTP)).toEqual({ ok: false, text: '503 Service Unavailable' });
    expect(await host.probe(3 - ill, HTTP)).toEqual({ ok: true, text: '200 OK' });
    expect(await host.probe(1, { ...HTTP, port: await freePort() })).toMatchObject({ ok: false });
  });

  it('finds an instance that hangs, by http and by tcp', async () => {
    const port = await start('health.cjs');
    const blocked = await block(port, '/block?ms=60000');
    const late = { ok: false, text: 'no answer within 300 ms' };
    expect(await Promise.all([host.probe(blocked, HTTP, 300), host.probe(blocked, TCP, 300)])).toEqual([late, late]);
    expect(await host.probe(3 - blocked, TCP)).toMatchObject({ ok: true });
  });

  it('speaks TLS where the app does, whoever signed its certificate', async () => {
    const folder = makeCertificate();
    try {
      await start('balance/https.cjs', { TLS_FOLDER: folder });
      expect(await host.probe(1, { ...HTTP, tls: true })).toEqual({ ok: true, text: '200 OK' });
      expect(await host.probe(1, HTTP)).toMatchObject({ ok: false });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('an instance in fork mode', () => {
  it('is looked at where it listens, and says so itself', async () => {
    const port = await start('health.cjs', { REUSE: '1' }, { mode: 'fork', instances: 1 });
    const { message } = await host.wait('said', (event) => event.message.act === 'listens');
    expect(message).toMatchObject({ port, reusesPort: !process.version.startsWith('v20.') });
    expect(await host.probe(1, HTTP)).toEqual({ ok: true, text: '200 OK' });
    expect(await host.probe(1, { ...TCP, port })).toEqual({ ok: true, text: 'connected' });
    const other = await freePort();
    expect(await host.probe(1, { ...TCP, port: other })).toEqual({ ok: false, text: `connection refused on port ${other}` });
  });
});

// Node 20 takes `reusePort` without effect: there are no two instances that share a port.
const SHARING = process.version.startsWith('v20.') ? [] : ['share a port'];

describe.each(SHARING)('of two instances in fork mode that %s', () => {
  it('the very one is reached, also when the other one hangs', async () => {
    const port = await start('health.cjs', { REUSE: '1' }, { mode: 'fork' });
    await waitFor('both to listen', () => host.seen('said').filter(({ message }) => message.act === 'listens').length === 2);
    for (let nth = 0; nth < 10; nth += 1) {
      expect(await host.probe(2, { ...HTTP, port })).toEqual({ ok: true, text: '200 OK' });
      expect(await host.probe(2, { ...TCP, port })).toEqual({ ok: true, text: 'connected' });
    }
    await waitFor('the output of all looks', () => timesAsked(2) === 10);
    expect(timesAsked(1)).toBe(0);
    const blocked = await blockOneOfTwo(port);
    for (let nth = 0; nth < 5; nth += 1) expect(await host.probe(3 - blocked, { ...HTTP, port })).toEqual({ ok: true, text: '200 OK' });
    expect(await host.probe(blocked, { ...HTTP, port }, 500)).toEqual({ ok: false, text: 'no answer within 500 ms' });
  });

  /** Which one it is, is the kernel's choice. */
  async function blockOneOfTwo(port: number): Promise<number> {
    ask({ port, path: '/block?ms=60000' }).catch(() => {});
    return waitFor('one of them to hang', () => [1, 2].find((key) => host.output(key).includes('blocked')));
  }
});

describe.each(['cluster', 'fork'] as const)('a watched event loop in %s mode', (mode) => {
  const beats = (): number => host.seen('said', 1).filter(({ message }) => message.act === 'beat').length;

  it('beats while it turns; when it no longer does, its error output says where it is', async () => {
    const port = await start('health.cjs', {}, { mode, instances: 1 });
    await host.wait('said', ({ message }) => message.act === 'hello');
    await waitFor('an answer', () => ask({ port }));
    expect(beats()).toBe(0);
    host.tell({ do: 'watch-loop', key: 1, everyMs: 50, limitMs: 2000 });
    await waitFor('beats', () => beats() > 5);
    ask({ port, path: '/block?ms=60000' }).catch(() => {});
    const line = await waitFor('the stack', () => /holdfast: (.*)\n/.exec(host.output(1))?.[1]);
    expect(line).toMatch(/^event loop blocked for 1\.\d s in spinAround \(\/.*health\.cjs:\d+:\d+\) < \S+ \(\/.*health\.cjs:/);
    const atTheEnd = beats();
    await expect(waitFor('another beat', () => beats() > atTheEnd, { timeoutMs: 300 })).rejects.toThrow('another beat');
    expect(host.output(1).match(/holdfast:/g)).toHaveLength(1);
  });

  it('says that it cannot say where, when it is in a system call; and goes on when that is over', async () => {
    const port = await start('health.cjs', {}, { mode, instances: 1 });
    await waitFor('an answer', () => ask({ port }));
    host.tell({ do: 'watch-loop', key: 1, everyMs: 50, limitMs: 1000 });
    await waitFor('beats', () => beats() > 1);
    expect((await ask({ port, path: '/block?ms=1500&native' })).status).toBe(200);
    expect(host.output(1)).toMatch(/holdfast: event loop blocked for \d\.\d s in native code or a system call/);
    expect((await ask({ port })).status).toBe(200);
  });

  it('does not keep an app alive that has nothing left to do', async () => {
    const port = await start('balance/closes.cjs', {}, { mode, instances: 1 });
    await host.wait('said', ({ message }) => message.act === (mode === 'fork' ? 'listens' : 'hello'));
    host.tell({ do: 'watch-loop', key: 1, everyMs: 50, limitMs: 1000 });
    await waitFor('beats', () => beats() > 1);
    expect(await ask({ port })).toMatchObject({ body: 'bye' });
    expect(await host.wait('exited')).toMatchObject({ code: 0, signal: null });
  });
});

// Which instance gets a connection, under the policies that are not the default: in a mini host, and in the product across a reload.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ask, askInTurn } from './kit/ask.ts';
import { makeCertificate } from './kit/certificate.ts';
import { startLoad } from './kit/load.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost, MiniOptions } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { run } from './kit/run.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost | null = null;
let site: Site | null = null;
afterEach(async () => {
  await host?.dispose();
  await site?.dispose();
  host = site = null;
});
afterAll(removeBundles);

async function startMini(policy: MiniOptions['policy'], env: Readonly<Record<string, string>>, more: object = {}): Promise<MiniHost> {
  host = startMiniHost({ script: app('balance/one-is-slow.cjs'), policy: policy!, env, ...more });
  await host.ready();
  return host;
}

const SOCKET_IO_CLIENT = path.join(import.meta.dirname, 'kit/socket-io-client.mjs');

const pidIn = (body: string): number => (JSON.parse(body) as { pid: number }).pid;

describe('least-connections', () => {
  it.each(['sleep', 'block'])('gives a slow instance of two at most a fifth (%s)', async (SLOW) => {
    const port = await freePort();
    const mini = await startMini('least-connections', { PORT: String(port), SLOW, SLOW_MS: '200' });
    const load = await startLoad({ port, keepAlive: false });
    const answers = async () => {
      const report = await load.report();
      return report.ok + report.failed >= 1000 && report;
    };
    const both = await waitFor('1,000 answers', answers, { timeoutMs: 60_000 });
    const { failed, ok, pids } = await load.stop();
    expect([both.failed, failed]).toEqual([0, 0]);
    const slow = pids[mini.pidOf(1)] ?? 0;
    expect(slow).toBeGreaterThan(0);
    expect(slow / ok).toBeLessThanOrEqual(0.2);
  });

  it.each([
    ['http', http.Agent, 'one-is-slow.cjs'],
    ['https', https.Agent, 'https.cjs'],
  ] as const)('knows of connections that have ended, and of those that stay (%s)', async (protocol, Agent, script) => {
    const port = await freePort();
    const folder = makeCertificate();
    const mini = await startMini('least-connections', { PORT: String(port), TLS_FOLDER: folder }, { script: app(`balance/${script}`) });
    const agents = Array.from({ length: 6 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const pidFor = async (agent: http.Agent | false): Promise<number> =>
      pidIn((await ask({ port, agent, rejectUnauthorized: false }, protocol)).body);
    try {
      const [left, right] = [mini.pidOf(1), mini.pidOf(2)];
      const kept: number[] = [];
      for (const agent of agents) kept.push(await pidFor(agent));
      expect(kept.toSorted((a, b) => a - b)).toEqual([left, left, left, right, right, right].toSorted((a, b) => a - b));
      for (const [nth, agent] of agents.entries()) if (kept[nth] === right) agent.destroy();
      const askTen = async (): Promise<number[]> => {
        const pids: number[] = [];
        for (let nth = 0; nth < 10; nth += 1) pids.push(await pidFor(false));
        return pids;
      };
      // Without it each would get half. On a busy machine one that is slow to wake is passed over now and then.
      await waitFor('the news of those that ended', async () => (await askTen()).filter((pid) => pid === right).length >= 8);
      for (const [nth, agent] of agents.entries()) if (kept[nth] === left) agent.destroy();
      await waitFor('the news of the others', async () => new Set(await askTen()).size === 2);
    } finally {
      for (const agent of agents) agent.destroy();
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('ip-hash', () => {
  it('gives one client one pid through 1,000 requests, by IPv4 and its form in IPv6 alike, and others other ones', async () => {
    const port = await freePort();
    const mini = await startMini('ip-hash', { PORT: String(port) }, { instances: 4 });
    const load = await startLoad({ port, keepAlive: false });
    await waitFor('1,000 answers', async () => (await load.report()).ok >= 1000, { timeoutMs: 60_000 });
    const report = await load.stop();
    expect(report.failed).toBe(0);
    expect(Object.keys(report.pids)).toHaveLength(1);
    const addresses = Array.from({ length: 40 }, (_, nth) => `127.0.0.${nth + 2}`);
    const pids = new Map<string, number>();
    for (const localAddress of addresses) pids.set(localAddress, pidIn((await ask({ port, localAddress })).body));
    expect(new Set(pids.values()).size).toBe(4);
    // One goes: its clients find another, all others stay where they are.
    const gone = mini.pidOf(3);
    process.kill(gone, 'SIGKILL');
    await mini.wait('exited');
    for (const localAddress of addresses) {
      const pid = pidIn((await ask({ port, localAddress })).body);
      if (pids.get(localAddress) === gone) expect(pid).not.toBe(gone);
      else expect(pid).toBe(pids.get(localAddress));
    }
  });

  it('does not let the clients of a busy instance hold up those of another', async () => {
    const port = await freePort();
    await startMini('ip-hash', { PORT: String(port), SLOW: 'block' });
    const addresses = Array.from({ length: 10 }, (_, nth) => `127.0.0.${nth + 2}`);
    const pids = new Map<string, number>();
    for (const localAddress of addresses) pids.set(localAddress, pidIn((await ask({ port, localAddress })).body));
    const slowPid = host!.pidOf(1);
    const slow = addresses.find((address) => pids.get(address) === slowPid)!;
    const quick = addresses.find((address) => pids.get(address) !== slowPid)!;
    // More than can be on its way to one.
    let answered = 0;
    const waiting = Array.from({ length: 40 }, () => ask({ port, localAddress: slow }).then(() => (answered += 1)));
    await waitFor('the first of them to be answered', () => answered > 0);
    for (const body of await askInTurn(5, { port, localAddress: quick })) expect(pidIn(body)).toBe(pids.get(quick));
    expect(answered).toBeLessThan(40);
    await Promise.all(waiting);
  });

  it('lets the long polling of socket.io work with two instances, where taking turns does not', async () => {
    const port = await freePort();
    const poll = async (localAddress: string): Promise<{ pids?: number[]; heard?: number; error?: string }> =>
      JSON.parse((await run(process.execPath, [SOCKET_IO_CLIENT, String(port), localAddress])).stdout);
    const mini = await startMini('ip-hash', { PORT: String(port) }, { script: app('balance/socket-io.cjs') });
    // One of each: which instance an address belongs to is asked first.
    const addresses = Array.from({ length: 10 }, (_, nth) => `127.0.0.${nth + 2}`);
    for (const key of [1, 2]) {
      const owners = await Promise.all(addresses.map(async (localAddress) => pidIn((await ask({ port, localAddress })).body)));
      const own = addresses[owners.indexOf(mini.pidOf(key))]!;
      expect(await poll(own)).toEqual({ pids: Array.from({ length: 10 }, () => mini.pidOf(key)), heard: 10 });
    }
    await mini.dispose();
    await startMini('round-robin', { PORT: String(port) }, { script: app('balance/socket-io.cjs') });
    expect(await poll('127.0.0.2')).toHaveProperty('error');
  });

  it('goes in turn at a Unix socket', async () => {
    const SOCKET = path.join(os.tmpdir(), `hf-policies-${process.pid}.sock`);
    await startMini('ip-hash', { SOCKET });
    const pids = (await askInTurn(6, { socketPath: SOCKET })).map(pidIn);
    expect(new Set(pids).size).toBe(2);
    expect(pids.slice(0, 4)).toEqual(pids.slice(2));
    // Killed, the host does not remove it.
    fs.rmSync(SOCKET);
  });
});

describe('in the product', () => {
  const inSlots = async (): Promise<number[]> => (await site!.instances('web')).map(({ pid }) => pid!);

  it.each(['least-connections', 'ip-hash'])('no request fails across a reload (%s)', async (balance) => {
    site = createSite();
    const port = await freePort();
    const env = { PORT: String(port) };
    const config = site.ecosystem({ name: 'web', script: fixture('releases/good.cjs'), instances: 2, balance, env });
    expect(await site.run('start', config)).toMatchObject({ code: 0 });
    const before = await inSlots();
    const slotBefore = before.indexOf(pidIn((await ask({ port })).body));
    const seen = await expectNoFailedRequest(port, async () => {
      expect(await site!.run('reload', 'web')).toMatchObject({ code: 0 });
    });
    const after = await inSlots();
    if (balance === 'least-connections') return;
    // The same slot before and after: of each set only one was ever asked, save while that slot changed hands.
    expect(after.indexOf(pidIn((await ask({ port })).body))).toBe(slotBefore);
    expect([...seen.pids].filter((pid) => after.includes(pid))).toEqual([after[slotBefore]]);
    expect([...seen.pids].filter((pid) => before.includes(pid))).toEqual([before[slotBefore]]);
  });

  it('a reload brings another policy into force', async () => {
    site = createSite();
    const port = await freePort();
    const settings = { name: 'web', script: fixture('releases/good.cjs'), instances: 2, env: { PORT: String(port) } };
    expect(await site.run('start', site.ecosystem(settings))).toMatchObject({ code: 0 });
    const askers = async (): Promise<number> => new Set((await askInTurn(10, { port })).map(pidIn)).size;
    expect(await askers()).toBe(2);
    expect(await site.run('reload', site.ecosystem({ ...settings, balance: 'ip-hash' }))).toMatchObject({ code: 0 });
    expect(await askers()).toBe(1);
  });
});

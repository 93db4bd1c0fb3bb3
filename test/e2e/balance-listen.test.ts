// Every form of `listen`, and what it says when it fails: as under Node, or as under node:cluster where instances share.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, askInTurn } from './kit/ask.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost, MiniOptions } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'hf-listen-'))));
afterEach(async () => {
  await host.dispose();
  fs.rmSync(folder, { recursive: true });
});
afterAll(removeBundles);

function start(listen: readonly unknown[], more: Partial<MiniOptions> = {}): void {
  host = startMiniHost({ script: app('balance/listens-as.cjs'), env: { LISTEN: JSON.stringify(listen) }, ...more });
}

/** What the app printed of its listening. */
async function outcome(key: number): Promise<{ address?: { port: number; address: string }; error?: Record<string, unknown> }> {
  await waitFor('a line of the app', () => host.output(key).includes('\n'));
  return JSON.parse(host.output(key).split('\n')[0]!);
}

const both = (): Set<string> => new Set([String(host.pidOf(1)), String(host.pidOf(2))]);

describe('listen', () => {
  it('on port 0 gives all instances the same port', async () => {
    start([0]);
    await host.ready();
    const { address } = await outcome(1);
    expect(await outcome(2)).toEqual({ address });
    expect(new Set(await askInTurn(4, { port: address!.port }))).toEqual(both());
  });

  it('on a host listens there only', async () => {
    const port = await freePort();
    start([{ port, host: '127.0.0.1' }]);
    await host.ready();
    expect(await outcome(1)).toEqual({ address: { address: '127.0.0.1', family: 'IPv4', port } });
    expect(new Set(await askInTurn(4, { port }))).toEqual(both());
    await expect(ask({ port, host: '::1' })).rejects.toThrow('ECONNREFUSED');
  });

  it('with ipv6Only leaves IPv4 alone', async () => {
    const port = await freePort();
    start([{ port, host: '::', ipv6Only: true }]);
    await host.ready();
    expect(new Set(await askInTurn(4, { port, host: '::1' }))).toEqual(both());
    await expect(ask({ port })).rejects.toThrow('ECONNREFUSED');
  });

  it('on a Unix path, relative to the folder of the app, and removes it when it is closed', async () => {
    const socketPath = path.join(folder, 'app.sock');
    start([{ path: './app.sock' }], { cwd: folder });
    await host.ready();
    expect(await outcome(1)).toEqual({ address: './app.sock' });
    expect(host.seen('listening')[0]!.address).toBe(socketPath);
    expect(new Set(await askInTurn(4, { socketPath }))).toEqual(both());
    host.tell({ do: 'close' });
    await waitFor('the file to go', () => !fs.existsSync(socketPath));
  });

  it('on a Unix path whose file every instance removes first, with the rights it asks for', async () => {
    const socketPath = path.join(folder, 'app.sock');
    host = startMiniHost({ script: app('balance/unlinks-first.cjs'), env: { LISTEN: socketPath } });
    await host.ready();
    expect(new Set(await askInTurn(4, { socketPath }))).not.toContain('');
    expect((fs.statSync(socketPath).mode & 0o666).toString(8)).toBe('666');
  });

  it('on a descriptor accepts there by itself, and says so', async () => {
    const port = await freePort();
    const server = http.createServer().listen(port);
    await new Promise((resolve) => server.once('listening', resolve));
    // A descriptor that is no socket cannot be listened on: the error is Node's own.
    start([{ fd: 0 }], { instances: 1 });
    expect((await outcome(1)).error).toMatchObject({ code: 'EINVAL' });
    expect(await host.wait('said', ({ message }) => message.act === 'unsupported')).toMatchObject({
      message: { what: expect.stringContaining('{ fd: 0 }') },
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('exclusively binds in each instance: the second finds the port taken', async () => {
    const port = await freePort();
    start([{ port, exclusive: true }]);
    const outcomes = await Promise.all([outcome(1), outcome(2)]);
    expect(outcomes.filter(({ address }) => address?.port === port)).toHaveLength(1);
    expect(outcomes.find(({ error }) => error)?.error).toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
    expect(host.seen('listening')).toEqual([]);
  });
});

describe('a port that is taken', () => {
  it.each([
    ['without a host', (port: number) => [port]],
    ['with a host', (port: number) => [{ port, host: '127.0.0.1' }]],
  ])('is told to the app in the words of node:cluster (%s)', async (_, listen) => {
    const port = await freePort();
    const server = http.createServer().listen(port);
    await new Promise((resolve) => server.once('listening', resolve));
    start(listen(port), { instances: 1 });
    const { error } = await outcome(1);
    const alone = spawn(process.execPath, [app('balance/primary.cjs'), app('balance/listens-as.cjs')], {
      env: { ...process.env, LISTEN: JSON.stringify(listen(port)) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<Buffer>((resolve) => alone.stdout.once('data', resolve));
    alone.kill();
    expect({ error }).toEqual(JSON.parse(String(line)));
    expect(error!['message']).toContain('bind EADDRINUSE');
    const address = listen(port)[0] === port ? `[::]:${port}` : `127.0.0.1:${port}`;
    expect(host.seen('bind-failed')).toEqual([{ kind: 'bind-failed', key: 1, address, port, errno: 'EADDRINUSE' }]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('by a socket of the same app that nobody asks for any more is taken over', async () => {
    const port = await freePort();
    start([port], { instances: 1 });
    await host.ready();
    process.kill(host.pidOf(1), 'SIGKILL');
    await host.wait('exited');
    // The balancer keeps the socket for the successor, which asks for it in another way.
    expect((await host.look()).sockets).toHaveLength(1);
    host.tell({ do: 'launch' });
    await waitFor('the successor', () => host.seen('listening', 2).length > 0);
    expect(await askInTurn(1, { port })).toEqual([String(host.pidOf(2))]);
  });
});

describe('close', () => {
  it('and listen again works, in one instance while the other goes on', async () => {
    const port = await freePort();
    host = startMiniHost({ script: app('balance/relistens.cjs'), env: { PORT: String(port) } });
    await host.ready();
    host.tell({ do: 'send', key: 1, message: 'close' });
    await host.wait('app-message', ({ key, message }) => key === 1 && message === 'closed');
    expect(new Set(await askInTurn(4, { port }))).toEqual(new Set([String(host.pidOf(2))]));
    expect((await host.look()).serving).toBe(1);
    host.tell({ do: 'send', key: 1, message: 'listen' });
    await waitFor('both again', async () => (await host.look()).serving === 2);
    expect(new Set(await askInTurn(4, { port }))).toEqual(both());
  });

  it.each([{}, { UNREF: '1' }])('ends an app that has nothing else to do, as under Node alone (%o)', async (env) => {
    const port = await freePort();
    host = startMiniHost({ script: app('balance/closes.cjs'), env: { PORT: String(port), ...env }, instances: 1 });
    await host.ready();
    if (env.UNREF === undefined) {
      expect(host.seen('exited')).toEqual([]);
      expect((await ask({ port })).body).toBe('bye');
    }
    expect(await host.wait('exited')).toMatchObject({ code: 0, signal: null });
  });
});

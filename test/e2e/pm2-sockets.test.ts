// PM2's sockets, rpc.sock and pub.sock, in PM2's home: what programs get that speak its protocol, and what those do not harm that speak none.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { INSTALL_HOOK_MS } from './kit/installed.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';
import { createWireClient } from './kit/wire-client.ts';
import type { WireClient } from './kit/wire-client.ts';

let site: Site;

/** A site whose home is PM2's. */
function createPm2Site(): Site {
  const made = createSite();
  made.env['PM2_HOME'] = made.home;
  return made;
}

const rpc = (): string => path.join(site.home, 'rpc.sock');
const pub = (): string => path.join(site.home, 'pub.sock');
const daemonPid = async (): Promise<number> => (await site.manager()).daemon.pid;

async function start(...args: string[]): Promise<void> {
  const result = await site.run('start', ...args);
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

describe("programs that speak PM2's protocol", () => {
  let client: WireClient;
  beforeAll(async () => {
    site = createPm2Site();
    await start(fixture('converses.cjs'), '--name', 'a');
    client = await createWireClient('pm2-sockets', site.home);
  }, INSTALL_HOOK_MS);
  afterAll(async () => {
    client.close();
    await site.dispose();
  });

  const entry = (name: string, more: object = {}): object => ({
    args: [expect.objectContaining({ name, pm_id: 0, pm2_env: expect.objectContaining({ name, ...more }) })],
  });
  const told = (topic: string, is: (payload: WireClient['heard'][number][1]) => boolean): Promise<unknown> =>
    waitFor(`${topic} on the bus`, () => client.heard.find((one) => one[0] === topic && is(one[1])));

  it('are answered: the list, actions on processes by id, apps as PM2 hands them over', async () => {
    expect(await client.call('getMonitorData', {})).toEqual({ args: [[expect.objectContaining({ name: 'a', pm_id: 0 })]] });
    expect(await client.call('restartProcessId', { id: 0 })).toEqual(entry('a', { status: 'online', restart_time: 1 }));
    expect(await client.call('stopProcessId', 0)).toEqual(entry('a', { status: 'stopped' }));
    expect(await client.call('startProcessId', 0)).toEqual(entry('a', { status: 'online' }));
    expect(await client.call('stopProcessId', 'all')).toMatchObject({ error: 'all id unknown' });
    expect(await client.call('stopProcessId', 99)).toMatchObject({ error: '99 id unknown' });
    expect(await client.call('nonsense')).toEqual({ error: 'method "nonsense" does not exist' });
    const app = { name: 'b', pm_exec_path: fixture('idle.cjs'), pm_cwd: site.folder, exec_mode: 'fork_mode', env: { A: '1' } };
    expect(await client.call('prepare', app)).toMatchObject({ args: [[{ name: 'b', pm2_env: { status: 'online', A: '1' } }]] });
    expect(await client.call('prepare', { ...app, name: 'c', pm_exec_path: '/gone.js' })).toMatchObject({
      error: expect.stringContaining('/gone.js'),
    });
    expect((await site.apps()).apps.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('are answered what they ask of the daemon itself: watching, profiles, a report', async () => {
    const isWatched = async (): Promise<unknown> => (await site.apps()).apps.find(({ name }) => name === 'a')?.watch;
    for (const is of ['on', 'off']) {
      expect(await client.call('toggleWatch', 'restartProcessId', { id: 0 })).toEqual({ args: [{ success: true }] });
      expect(await isWatched()).toBe(is);
    }
    const file = path.join(site.folder, 'daemon.cpuprofile');
    expect(await client.call('profileCPU', { pwd: file, timeout: 50 })).toEqual({ args: [{ file }] });
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ nodes: expect.any(Array) });
    expect(await client.call('getReport', {})).toEqual({ args: [expect.objectContaining({ managed_apps: expect.any(Number), env: {} })] });
  });

  it('hear what happens, what apps print, and what they send', async () => {
    const isOfA = ({ process }: { process?: { name: string } }): boolean => process?.name === 'a';
    expect(await client.call('restartProcessId', { id: 0 })).toMatchObject({ args: [{ name: 'a' }] });
    for (const event of ['exit', 'online', 'restart'])
      await told('process:event', (happened) => isOfA(happened) && happened.event === event);
    await told('log:out', (line) => isOfA(line) && line.data === 'up\n');
    expect(await client.call('sendDataToProcessId', { id: 0, type: 'process:msg', topic: 'greet', data: { x: 1 } })).toMatchObject({
      args: [{ success: true }],
    });
    await told('my:type', isOfA);
  });

  it.each([
    ['another protocol', 'GET /v1/apps HTTP/1.1\r\nhost: localhost\r\n\r\n'],
    ['a length beyond all limits', Buffer.from('12ffffffff41', 'hex')],
    ['noise', Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 7919) % 251))],
    ['an order without an id', Buffer.from('1100000004', 'hex').toString('latin1') + 'j:{}'],
    ['a frame that breaks off', Buffer.from('120000ffff6a3a', 'hex')],
  ])('do not notice another that sends %s', async (_what, bytes) => {
    const pid = await daemonPid();
    for (const at of [rpc(), pub()]) {
      await new Promise<void>((resolve) => {
        const socket = net.connect(at, () => socket.end(bytes));
        socket.on('error', () => undefined);
        socket.once('close', () => resolve());
        socket.resume();
      });
    }
    expect(await client.call('ping', {})).toEqual({ args: [{ msg: 'pong' }] });
    expect(await daemonPid()).toBe(pid);
  });

  it('find the next daemon in the same place', async () => {
    const before = await daemonPid();
    process.kill(before, 'SIGKILL');
    await waitFor('the next daemon', async () => fs.readFileSync(path.join(site.home, 'pm2.pid'), 'utf8') !== String(before));
    await waitFor('an answer of it', async () => (await client.call('getMonitorData', {})) !== undefined);
    const since = client.heard.length;
    await waitFor('the bus to tell of it', async () => {
      await client.call('restartProcessId', { id: 0 });
      return client.heard.slice(since).some(([topic]) => topic === 'process:event');
    });
  });

  it('are told of the end, after which there is neither socket nor process', async () => {
    expect(fs.statSync(rpc()).mode & 0o777).toBe(0o600);
    await site.run('kill');
    await told('pm2:kill', () => true);
    expect(fs.readdirSync(site.home).filter((name) => name.endsWith('.sock') || name === 'pm2.pid')).toEqual([]);
    expect(site.processes()).toEqual([]);
  });
});

describe('the sockets', () => {
  beforeEach(() => void (site = createPm2Site()));
  afterEach(() => site.dispose());

  it('end the manager at a killMe, with all apps', async () => {
    await start(fixture('idle.cjs'));
    const client = await createWireClient('pm2-sockets', site.home);
    void client.call('killMe', {});
    await waitFor('the end', () => site.processes().length === 0);
    client.close();
    expect(fs.existsSync(rpc())).toBe(false);
  });

  it("are not there in a home that is not PM2's", async () => {
    delete site.env['PM2_HOME'];
    await start(fixture('idle.cjs'));
    expect([rpc(), pub()].filter((file) => fs.existsSync(file))).toEqual([]);
  });

  it('are left to a PM2 that has come, also by a daemon that a host has brought back', async () => {
    await start(fixture('idle.cjs'));
    const before = await daemonPid();
    const serve = `require('fs').rmSync(process.argv[2], { force: true }); require('net').createServer((s) => s.end('theirs')).listen(process.argv[2], () => console.log(1));`;
    const god = spawn(process.execPath, ['-e', serve, `PM2 v7.0.4: God Daemon (${site.home})`, rpc()], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      await new Promise((resolve) => god.stdout.once('data', resolve));
      fs.writeFileSync(path.join(site.home, 'pm2.pid'), String(god.pid));
      fs.writeFileSync(path.join(site.home, 'pm2.log'), 'theirs');
      process.kill(before, 'SIGKILL');
      await waitFor('the next daemon to leave it alone', () =>
        site.events().some(({ text }) => text.includes(`PM2 itself runs there (pid ${god.pid})`)),
      );
      await waitFor('the next daemon', async () => (await daemonPid()) !== before);
      await site.run('kill');
      expect(fs.readFileSync(path.join(site.home, 'pm2.pid'), 'utf8')).toBe(String(god.pid));
      expect(fs.readFileSync(path.join(site.home, 'pm2.log'), 'utf8')).toBe('theirs');
      const heard = await new Promise((resolve) => void net.connect(rpc()).once('data', (bytes) => resolve(String(bytes))));
      expect(heard).toBe('theirs');
    } finally {
      god.kill('SIGKILL');
    }
  });
});

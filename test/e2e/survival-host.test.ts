// Hosts are killed, alone or with the daemon: what goes on is known, what ended is started again, nothing runs twice, no stranger is signalled.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostRecord } from '../../src/model/protocol.ts';
import { freePort } from './kit/ports.ts';
import { isAlive, kernelViewOf } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const managers = (): { pid: number; command: string }[] => site.processes().filter(({ command }) => command.startsWith('holdfast: '));
const hostPid = (name: string): number => managers().find(({ command }) => command === `holdfast: host ${name}`)!.pid;
const appProcesses = (script: string): number[] =>
  site
    .processes()
    .filter(({ command }) => command.endsWith(script))
    .map(({ pid }) => pid);
const statuses = async (app: string): Promise<string> => (await site.instances(app)).map(({ status }) => status).join();
const pidsOf = async (app: string): Promise<(number | null)[]> => (await site.instances(app)).map(({ pid }) => pid);

async function start(...apps: object[]): Promise<void> {
  const result = await site.run('start', site.ecosystem(...apps));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

/** SIGKILL to all of them at once; resolves when they are dead. */
async function killHard(...pids: number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await waitFor('their end', () => !pids.some(isAlive));
}

const web = async (more: object = {}): Promise<object> => ({
  name: 'web',
  script: fixture('http-server.cjs'),
  instances: 2,
  env: { PORT: String(await freePort()) },
  ...more,
});
const job = (name: string, more: object = {}): object => ({ name, script: fixture('idle.cjs'), ...more });

describe('daemon and all hosts killed with -9 at once', () => {
  it('leave instances that are listed and managed again by the next command, with the pids that need not change', async () => {
    await start(await web(), job('one'));
    const before = [...(await pidsOf('web')), ...(await pidsOf('one'))] as number[];
    await killHard(...managers().map(({ pid }) => pid));
    expect(before.filter(isAlive)).toEqual(before);
    await waitFor(
      'instances under their new hosts',
      async () => {
        const pids = await pidsOf('web');
        const isUnderHost = (pid: number | null): boolean => pid !== null && kernelViewOf(pid)?.parent === hostPid('web');
        return (await statuses('web')) === 'online,online' && (await statuses('one')) === 'online' && pids.every(isUnderHost);
      },
      { timeoutMs: 30_000 },
    );
    expect(await pidsOf('one')).toEqual(before.slice(2));
    expect(appProcesses('idle.cjs')).toHaveLength(1);
    await waitFor('the old ones to end', () => appProcesses('http-server.cjs').length === 2);
    expect((await site.apps()).alerts).toEqual([]);
    expect(await site.run('restart', 'all')).toMatchObject({ code: 0 });
    expect(before.filter(isAlive)).toEqual([]);
  });

  it('have what died with them started again by the next command', async () => {
    await start(await web(), job('one'), job('down'));
    await site.run('stop', 'down');
    await killHard(...site.processes().map(({ pid }) => pid));
    await waitFor('all to run again', async () => (await statuses('web')) === 'online,online' && (await statuses('one')) === 'online');
    expect(await statuses('down')).toBe('stopped');
    expect([appProcesses('http-server.cjs').length, appProcesses('idle.cjs').length]).toEqual([2, 1]);
    const { apps } = await site.apps();
    expect(apps.flatMap(({ instances }) => instances.map(({ id, app }) => `${id} ${app}`))).toEqual(['0 web', '1 web', '2 one', '3 down']);
  });

  it('may be followed by several commands at once: one daemon, no doubles', async () => {
    await start(job('one'), job('two'));
    await killHard(...site.processes().map(({ pid }) => pid));
    await Promise.all(Array.from({ length: 6 }, () => site.run('ls')));
    await waitFor('all to run again', async () => (await statuses('one')) === 'online' && (await statuses('two')) === 'online');
    expect(
      managers()
        .map(({ command }) => command)
        .sort(),
    ).toEqual(['holdfast: daemon', 'holdfast: host shared']);
    expect(appProcesses('idle.cjs')).toHaveLength(2);
  });
});

describe('a host of fork-mode apps killed with -9', () => {
  it('has those that live adopted as they are, and those that ended started again', async () => {
    await start(job('lives'), job('dies'), job('down'));
    await site.run('stop', 'down');
    const [lives] = await pidsOf('lives');
    const [dies] = await pidsOf('dies');
    await killHard(hostPid('shared'), dies!);
    await waitFor('the one that ended to be back', async () => (await statuses('dies')) === 'online');
    expect(await pidsOf('lives')).toEqual([lives]);
    expect(await statuses('lives')).toBe('online');
    expect(await statuses('down')).toBe('stopped');
    expect(isAlive(lives!)).toBe(true);
    expect(appProcesses('idle.cjs')).toHaveLength(2);
  });

  it('has an app that went on without it started again when that ends', async () => {
    await start(job('app'));
    const [pid] = await pidsOf('app');
    const dead = hostPid('shared');
    await killHard(dead);
    await waitFor('the next host', async () => (await site.manager()).hosts.some((host) => host.pid !== dead));
    await killHard(pid!);
    await waitFor('the app to be back', async () => (await statuses('app')) === 'online' && (await pidsOf('app'))[0] !== pid);
    expect(appProcesses('idle.cjs')).toHaveLength(1);
  });

  it('is brought back again and again, and what it runs is never there twice', async () => {
    await start(job('one'), job('two'));
    for (let round = 0; round < 3; round += 1) {
      const before = hostPid('shared');
      await killHard(before, ...appProcesses('idle.cjs'));
      await waitFor(
        'all to be back',
        async () => (await statuses('one')) === 'online' && (await statuses('two')) === 'online' && hostPid('shared') !== before,
        { timeoutMs: 15_000 },
      );
      expect(appProcesses('idle.cjs')).toHaveLength(2);
    }
  });

  it('in the middle of a start ends the operation with the reason', async () => {
    site.ecosystem(job('slow', { wait_ready: true, listen_timeout: 60_000 }));
    const starting = site.run('start', path.join(site.folder, 'ecosystem.config.json'));
    await waitFor(
      'the app to be started',
      () => appProcesses('idle.cjs').length === 1 && site.events('slow').some(({ text }) => text.startsWith('started')),
    );
    const { pid } = managers().find(({ command }) => command === 'holdfast: host shared')!;
    process.kill(pid, 'SIGKILL');
    const result = await starting;
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`host shared (pid ${pid}) died`);
  });
});

describe('an app without supervision', () => {
  const stateFile = (): string => path.join(site.home, 'state.json');
  const recordFile = (): string => path.join(site.home, 'hosts/web.json');

  /** Its host is dead, the daemon knows, and nobody can start the next one: how is lost with the record. */
  async function orphan(instances: number): Promise<number[]> {
    await start(await web({ instances }));
    const pids = await pidsOf('web');
    // Then nothing changes any more, and the record is not written again.
    await waitFor('all to be healthy', () => site.events('web').filter(({ text }) => text.startsWith('healthy')).length === instances);
    await waitFor('the record', () => fs.readFileSync(recordFile(), 'utf8').split('"healthy":true').length === instances + 1);
    fs.rmSync(recordFile());
    await killHard(hostPid('web'));
    await waitFor('it to be seen', async () => (await statuses('web')).startsWith('unsupervised'));
    // Nothing else tells the next daemon of them.
    await waitFor('it to be written down', () => pids.every((pid) => fs.readFileSync(stateFile(), 'utf8').includes(`"pid": ${pid},`)));
    return pids as number[];
  }

  it('is stopped by stop, and started by start', async () => {
    const before = await orphan(2);
    expect(await site.run('stop', 'web')).toMatchObject({ code: 0 });
    expect(before.filter(isAlive)).toEqual([]);
    expect(await statuses('web')).toBe('stopped,stopped');
    expect(await site.run('start', 'web')).toMatchObject({ code: 0 });
    expect(await statuses('web')).toBe('online,online');
  });

  it('is ended and gone after delete', async () => {
    const before = await orphan(2);
    expect(await site.run('delete', 'web')).toMatchObject({ code: 0 });
    expect(before.filter(isAlive)).toEqual([]);
    expect((await site.apps()).apps).toEqual([]);
    await waitFor('no host', () => managers().length === 1);
  });

  it.each([1, 3])('has %d instances under a new host after scale', async (count) => {
    const before = await orphan(2);
    expect(await site.run('scale', 'web', String(count))).toMatchObject({ code: 0 });
    expect(before.filter(isAlive)).toEqual([]);
    expect(await statuses('web')).toBe(Array.from({ length: count }, () => 'online').join());
    expect(appProcesses('http-server.cjs')).toHaveLength(count);
  });

  it('stays known over the death of the daemon', async () => {
    const before = await orphan(2);
    await killHard((await site.manager()).daemon.pid);
    await waitFor('it to be seen', async () => (await statuses('web')) === 'unsupervised,unsupervised');
    expect(await pidsOf('web')).toEqual(before);
    expect(await site.run('restart', 'web')).toMatchObject({ code: 0 });
    expect(before.filter(isAlive)).toEqual([]);
  });

  it('is ended by kill', async () => {
    const before = await orphan(2);
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    expect(before.filter(isAlive)).toEqual([]);
  });
});

describe('a pid that another program has by now', () => {
  it('is never listed and never signalled', async () => {
    await start(job('app'));
    const [app] = await pidsOf('app');
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
    try {
      const file = path.join(site.home, 'hosts/shared.json');
      const record = await waitFor('the record', () => {
        const read = JSON.parse(fs.readFileSync(file, 'utf8')) as HostRecord;
        return read.apps[0]?.instances[0]?.process?.pid === app ? read : null;
      });
      await killHard(...managers().map(({ pid }) => pid), app!);
      // What the record says was true of the app; the kernel has given its number to the stranger since.
      const forged = JSON.stringify(record).replace(`"pid":${app}`, `"pid":${stranger.pid}`);
      expect(forged).toContain(`"pid":${stranger.pid}`);
      fs.writeFileSync(file, forged);
      await waitFor('the app to be back', async () => (await statuses('app')) === 'online');
      expect(await pidsOf('app')).not.toContain(stranger.pid);
      for (const command of ['restart', 'stop', 'delete']) expect(await site.run(command, 'app')).toMatchObject({ code: 0 });
      expect(await site.run('kill')).toMatchObject({ code: 0 });
      expect(stranger.signalCode).toBe(null);
      expect(isAlive(stranger.pid!)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});

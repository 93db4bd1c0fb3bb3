// What runs: who is whose parent, under which title, in which session, with which rights and sockets.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { isAlive, kernelViewOf, listeningTcpOf } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

/** A clustered server, and two fork-mode apps that share a host. */
async function startThree(): Promise<void> {
  const web = { name: 'web', script: fixture('http-server.cjs'), instances: 2, env: { PORT: String(await freePort()) } };
  const config = site.ecosystem(web, { name: 'job', script: fixture('idle.cjs') }, { name: 'other', script: fixture('idle.cjs') });
  expect(await site.run('start', config)).toMatchObject({ code: 0 });
}

const titleOf = (pid: number): string => site.processes().find((one) => one.pid === pid)?.command ?? '';
const pidsOf = async (app: string): Promise<number[]> => (await site.instances(app)).flatMap(({ pid }) => pid ?? []);
const modeOf = (file: string): string => (fs.statSync(file).mode & 0o777).toString(8);

describe('the processes', () => {
  it('carry the titles of the design, and there is none besides', async () => {
    await startThree();
    const { daemon, hosts } = await site.manager();
    expect(titleOf(daemon.pid)).toBe('holdfast: daemon');
    expect(hosts.map(({ name, apps }) => `${name}: ${apps.join(' ')}`).sort()).toEqual(['shared: job other', 'web: web']);
    for (const { pid, name } of hosts) expect(titleOf(pid)).toBe(`holdfast: host ${name}`);
    expect(site.processes()).toHaveLength(1 + 2 + 4);
  });

  it('make the host the parent of the instances, the daemon of none, and nobody the parent of daemon and hosts', async () => {
    await startThree();
    const { daemon, hosts } = await site.manager();
    const hostPid = (name: string): number => hosts.find((host) => host.name === name)!.pid;
    for (const pid of await pidsOf('web')) expect(kernelViewOf(pid)!.parent).toBe(hostPid('web'));
    for (const app of ['job', 'other']) for (const pid of await pidsOf(app)) expect(kernelViewOf(pid)!.parent).toBe(hostPid('shared'));
    const children = site.processes().filter(({ pid }) => kernelViewOf(pid)?.parent === daemon.pid);
    expect(children.map(({ command }) => command).filter((command) => !command.startsWith('holdfast: host'))).toEqual([]);
    const all = new Set(site.processes().map(({ pid }) => pid));
    expect(all.has(kernelViewOf(daemon.pid)!.parent)).toBe(false);
  });

  it('are each in a session of their own, but for cluster instances, which are in that of their host: no terminal reaches any of them', async () => {
    await startThree();
    const clustered = await pidsOf('web');
    const host = (await site.manager()).hosts.find(({ name }) => name === 'web')!.pid;
    const pids = site.processes().map(({ pid }) => pid);
    expect(pids.map((pid) => kernelViewOf(pid)!.session)).toEqual(pids.map((pid) => (clustered.includes(pid) ? host : pid)));
  });

  it('keep everything private: home 0700, sockets, state and record 0600, and nobody of ours listens on TCP but for the app', async () => {
    await startThree();
    expect(await site.run('save')).toMatchObject({ code: 0 });
    await waitFor('the records', () => ['web', 'shared'].every((name) => fs.existsSync(path.join(site.home, 'hosts', `${name}.json`))));
    expect([site.home, 'hosts', 'logs'].map((folder) => modeOf(path.resolve(site.home, folder)))).toEqual(['700', '700', '700']);
    const files = [...fs.readdirSync(site.home), ...fs.readdirSync(path.join(site.home, 'hosts')).map((name) => `hosts/${name}`)];
    const modes = files
      .filter((file) => !fs.statSync(path.join(site.home, file)).isDirectory())
      .map((file) => `${file} ${modeOf(path.join(site.home, file))}`);
    expect(modes.sort()).toEqual(
      [
        'daemon.lock',
        'daemon.log',
        'daemon.sock',
        'dump.json',
        'hosts/shared.json',
        'hosts/shared.lock',
        'hosts/shared.sock',
        'hosts/web.json',
        'hosts/web.lock',
        'hosts/web.sock',
        'state.json',
      ].map((file) => `${file} 600`),
    );
    const { daemon, hosts } = await site.manager();
    expect(listeningTcpOf(daemon.pid)).toEqual([]);
    expect(listeningTcpOf(hosts.find(({ name }) => name === 'shared')!.pid)).toEqual([]);
    expect(listeningTcpOf(hosts.find(({ name }) => name === 'web')!.pid)).toHaveLength(1);
  });

  it('do not burn the processor while nothing happens', async () => {
    await startThree();
    const { daemon, hosts } = await site.manager();
    const watched = [daemon.pid, ...hosts.map(({ pid }) => pid)];
    const ticks = (): number => watched.reduce((sum, pid) => sum + kernelViewOf(pid)!.cpuTicks, 0);
    let before = Number.NEGATIVE_INFINITY;
    // A process that is busy or wakes up often never has a quiet second; one that is at rest soon has.
    await waitFor(
      'a second in which they use less than 20 ms together',
      () => {
        const now = ticks();
        const used = now - before;
        before = now;
        return used <= 2;
      },
      { everyMs: 1000 },
    );
  });
});

describe('a host', () => {
  it('goes when its last app was deleted, and leaves no file that names it', async () => {
    await startThree();
    const { hosts } = await site.manager();
    expect(await site.run('delete', 'web')).toMatchObject({ code: 0 });
    const gone = hosts.find(({ name }) => name === 'web')!;
    await waitFor('its process to end', () => !isAlive(gone.pid));
    expect((await site.manager()).hosts.map(({ name }) => name)).toEqual(['shared']);
    expect(fs.readdirSync(path.join(site.home, 'hosts')).filter((name) => name.startsWith('web'))).toEqual([]);
    expect(
      site
        .events()
        .map(({ text }) => text)
        .filter((text) => text.includes('died')),
    ).toEqual([]);
  });

  it('stays while another of its apps is there, running or stopped', async () => {
    await startThree();
    const before = (await site.manager()).hosts.find(({ name }) => name === 'shared')!;
    await site.run('stop', 'other');
    expect(await site.run('delete', 'job')).toMatchObject({ code: 0 });
    expect((await site.manager()).hosts.find(({ name }) => name === 'shared')).toMatchObject({ pid: before.pid, apps: ['other'] });
    expect(await site.run('start', 'other')).toMatchObject({ code: 0 });
    expect((await site.instances('other'))[0]).toMatchObject({ status: 'online' });
  });

  it('is there again at once for an app that is started while it goes', async () => {
    await startThree();
    for (let round = 0; round < 5; round += 1) {
      expect(await site.run('delete', 'web')).toMatchObject({ code: 0 });
      const again = await site.run('start', path.join(site.folder, 'ecosystem.config.json'), '--only', 'web');
      expect(again, again.stderr).toMatchObject({ code: 0 });
    }
    expect((await site.instances('web')).map(({ status }) => status)).toEqual(['online', 'online']);
    expect(site.processes().filter(({ command }) => command === 'holdfast: host web')).toHaveLength(1);
  });
});

describe('holdfast kill', () => {
  it('leaves no process, no socket, no lock and no record, and keeps what was saved', async () => {
    await startThree();
    await site.run('save');
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    expect(site.processes()).toEqual([]);
    expect(fs.readdirSync(path.join(site.home, 'hosts'))).toEqual([]);
    expect(fs.readdirSync(site.home).sort()).toEqual(['daemon.log', 'dump.json', 'hosts', 'logs', 'pids', 'state.json']);
  });

  it('leaves nothing either when hosts had died before it, with instances and without', async () => {
    await startThree();
    await site.run('stop', 'job', 'other');
    const { hosts } = await site.manager();
    for (const { pid } of hosts) process.kill(pid, 'SIGKILL');
    await waitFor('the daemon to notice', () => site.events('web').some(({ text }) => text.includes('died')));
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    expect(site.processes()).toEqual([]);
    expect(fs.readdirSync(path.join(site.home, 'hosts'))).toEqual([]);
    expect(fs.readdirSync(site.home).sort()).toEqual(['daemon.log', 'hosts', 'logs', 'pids', 'state.json']);
  });

  it('ends apps that restart for ever, apps that ignore the signal, and apps that wait for their restart', async () => {
    const config = site.ecosystem(
      { name: 'crashing', script: fixture('exits.cjs'), max_restarts: 1000 },
      { name: 'stubborn', script: fixture('ignores-sigint.cjs'), kill_timeout: 300 },
      { name: 'waiting', script: fixture('exits.cjs'), restart_delay: 60_000 },
    );
    await site.run('start', config);
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    expect(site.processes()).toEqual([]);
  });
});

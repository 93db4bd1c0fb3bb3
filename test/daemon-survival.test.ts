// What a daemon does when it, a host, or a file was lost: adoption, acknowledgement, reconciliation, instances without a host.
import fs from 'node:fs';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';
import { startFakeHost } from './fake-host.ts';
import { hostFiles } from '../src/model/home.ts';
import type { HostCommand } from '../src/model/protocol.ts';

let kit: DaemonKit;
beforeEach(async () => void (kit = await createDaemonKit()));
afterEach(() => kit.dispose());

const listed = async (): Promise<string[]> =>
  (await kit.client.apps()).apps.flatMap((app) => app.instances.map((one) => `${one.id} ${app.name}:${one.slot} ${one.status}`));
const logged = (text: string): boolean => kit.log().some((line) => line.includes(text));
const commandsOf = (host: string, type: HostCommand['type']): HostCommand[] =>
  kit.hosts.get(host)!.commands.filter((command) => command.type === type);
const applyLiving = async (...specs: ReturnType<typeof appSpec>[]): Promise<void> => {
  kit.behave((instance) => {
    instance.say({ process: instance.live() });
    instance.online();
  });
  expect((await kit.operate({ action: 'apply', specs, existing: 'restart' })).state).toBe('done');
};

describe('a daemon that comes back', () => {
  it('adopts what runs, with ids and goals, before it says that it is ready', async () => {
    await applyLiving(appSpec('web', { instances: 2 }), appSpec('job', { host: 'shared' }));
    await kit.operate({ action: 'stop', targets: ['job'] });
    await kit.leave();
    await kit.start();
    expect(await listed()).toEqual(['0 web:0 online', '1 web:1 online', '2 job:0 stopped']);
    await until('it has said so', () => logged('daemon 1.2.3 started') && logged('2 running instances adopted'));
    expect(kit.hosts.get('web')!.instance('web', 0).row.generation).toBe(1);
    expect(kit.launched).toHaveLength(2);
  });

  it('says goodbye when it leaves, so that no host brings it back', async () => {
    await applyLiving(appSpec('web'));
    await kit.leave();
    await until('the host has heard it', () => commandsOf('web', 'goodbye').length === 1);
    expect(logged('daemon leaving, apps stay')).toBe(true);
  });

  it('gets the events it has missed, and logs each once', async () => {
    await applyLiving(appSpec('web'));
    const host = kit.hosts.get('web')!;
    await kit.leave();
    host.instance('web', 0).crash(9);
    await kit.start();
    await until('the exit is logged', () => logged('exited with code [9]'));
    await until('it is acknowledged', () => host.acknowledged() === host.lastFact());
    await kit.leave();
    await kit.start();
    expect(kit.log().filter((line) => line.includes('exited with code [9]'))).toHaveLength(1);
    expect(await listed()).toEqual(['0 web:0 waiting restart']);
  });

  it('logs no event twice that a killed daemon had written and not yet acknowledged', async () => {
    await applyLiving(appSpec('web'));
    const host = kit.hosts.get('web')!;
    host.instance('web', 0).crash(9);
    await until('the exit is logged', () => logged('exited with code [9]'));
    await kit.leave();
    host.forgetAcknowledgements();
    await kit.start();
    host.instance('web', 0).crash(8);
    await until('a new one is logged', () => logged('exited with code [8]'));
    expect(kit.log().filter((line) => line.includes('App [web:0] exited'))).toHaveLength(2);
    expect(kit.log().filter((line) => line.includes('starting: '))).toHaveLength(1);
  });

  it('acknowledges facts only when they are in daemon.log', async () => {
    await applyLiving(appSpec('web'));
    const host = kit.hosts.get('web')!;
    host.instance('web', 0).crash(7);
    const crash = host.lastFact();
    const atAck = await until('it is acknowledged', () => host.acknowledged() >= crash && kit.log());
    expect(atAck.some((line) => line.includes('exited with code [7]'))).toBe(true);
  });

  it('carries out what it had promised and not yet told: a stop, a start, a deletion', async () => {
    await applyLiving(appSpec('stays'), appSpec('goes'), appSpec('comes', { autostart: false }));
    const goes = kit.hosts.get('goes')!;
    await kit.leave();
    const state = JSON.parse(fs.readFileSync(kit.home.state, 'utf8')) as { apps: { spec: { name: string }; slots: { goal: string }[] }[] };
    for (const app of state.apps) app.slots[0]!.goal = app.spec.name === 'comes' ? 'up' : 'down';
    state.apps = state.apps.filter((app) => app.spec.name !== 'goes');
    fs.writeFileSync(kit.home.state, JSON.stringify(state));
    await kit.start();
    await until('all is as it should be', async () => (await listed()).join() === '0 stays:0 stopped,2 comes:0 online');
    await until('the deleted one is removed', () => goes.commands.some((command) => command.type === 'remove'));
  });

  it('takes unknown apps over when its list was lost, and says that it was', async () => {
    await applyLiving(appSpec('web', { instances: 2 }));
    await kit.leave();
    fs.writeFileSync(kit.home.state, '{"version":1,"apps":[{');
    await kit.start();
    await until('they are in the list', async () => (await listed()).length === 2);
    expect(await listed()).toEqual(['0 web:0 online', '1 web:1 online']);
    expect(logged('it was moved aside')).toBe(true);
    expect(fs.readdirSync(kit.home.root).some((name) => name.startsWith('state.json.unreadable-'))).toBe(true);
    await applyLiving(appSpec('next'));
    expect(await listed()).toContain('2 next:0 online');
  });

  it('starts with an empty list after a reboot, keeps the old one aside, and resurrects on request', async () => {
    await applyLiving(appSpec('web'));
    await kit.operate({ action: 'save' });
    await kit.leave();
    await kit.hosts.get('web')!.die();
    for (const name of fs.readdirSync(kit.home.hosts)) fs.rmSync(`${kit.home.hosts}/${name}`);
    await kit.start('next-boot');
    expect(await listed()).toEqual([]);
    expect(JSON.parse(fs.readFileSync(`${kit.home.root}/state.previous-boot.json`, 'utf8'))).toMatchObject({
      bootId: 'this-boot',
      apps: [{ spec: { name: 'web' } }],
    });
    expect((await kit.operate({ action: 'resurrect' })).outcomes).toMatchObject([{ id: 0, app: 'web', ok: true }]);
  });

  it('is ready in spite of a host that hangs, and takes it in when it answers', async () => {
    await applyLiving(appSpec('web'), appSpec('other'));
    const host = kit.hosts.get('web')!;
    host.freeze();
    await kit.leave();
    // It resolves though that host says nothing.
    await kit.start();
    expect((await listed())[1]).toBe('1 other:0 online');
    host.thaw();
    await until('it is taken in', async () => (await listed())[0] === '0 web:0 online');
    expect(host.instance('web', 0).row.generation).toBe(1);
  });

  it('refuses to talk to a host of another protocol, and says so', async () => {
    const { home, hosts, standIn } = kit;
    await startFakeHost({ home, name: 'web', hosts, standIn, behaviour: () => {}, protocol: 99 });
    const operation = await kit.operate({ action: 'apply', specs: [appSpec('web')], existing: 'refuse' });
    expect(operation.outcomes).toMatchObject([{ ok: false, text: expect.stringContaining('it speaks protocol 99') }]);
  });

  it('says how many events of a host were lost', async () => {
    await kit.leave();
    const { home, hosts, standIn } = kit;
    await startFakeHost({ home, name: 'web', hosts, standIn, behaviour: () => {}, missed: 12 });
    await kit.start();
    expect(logged('12 events of host web were lost')).toBe(true);
  });
});

describe('a host that is going when it is dialled', () => {
  /** It takes one connection, and ends without a word when it is spoken to. */
  async function listenOnce(): Promise<void> {
    const server = net.createServer((socket) => {
      server.close();
      socket.once('data', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(hostFiles(kit.home, 'web').socket, resolve));
  }

  it('is followed by one that is started', async () => {
    await listenOnce();
    await applyLiving(appSpec('web'));
    expect(kit.launched).toEqual(['web']);
  });

  it('is followed by one that is started a second time, where the first had found it still there', async () => {
    kit.refuseHosts('busy');
    const start = applyLiving(appSpec('web'));
    await until('one was started in vain', () => kit.launched.length === 1);
    kit.refuseHosts(null);
    await start;
    expect(kit.launched).toEqual(['web', 'web']);
  });
});

describe('a host that dies', () => {
  it('is reconnected when only the connection broke', async () => {
    await applyLiving(appSpec('web'));
    const host = kit.hosts.get('web')!;
    host.hangUp();
    await until('the daemon has dialled again', () => host.commands.filter((command) => command.type === 'hello').length === 2);
    expect(await listed()).toEqual(['0 web:0 online']);
    expect(kit.launched).toHaveLength(1);
  });

  it('leaves its living instances alone, unsupervised, with an alert', async () => {
    await applyLiving(appSpec('web', { instances: 2 }));
    const { pid } = kit.hosts.get('web')!.process;
    await kit.hosts.get('web')!.die();
    await until('its end is known', async () => (await listed()).join() === '0 web:0 unsupervised,1 web:1 unsupervised');
    const { alerts } = await kit.client.apps();
    expect(alerts).toMatchObject([
      { app: 'web', slot: null, text: expect.stringContaining(`host web (pid ${pid}) died; 2 of its instances go on without supervision`) },
    ]);
    expect(kit.launched).toHaveLength(1);
  });

  it('is waited for where its instances bring the next one up, and not started a second time', async () => {
    await applyLiving(appSpec('web'));
    const dead = kit.hosts.get('web')!;
    await dead.die('followed');
    await until('its end is known', async () => (await listed())[0] === '0 web:0 unsupervised');
    const restart = kit.operate({ action: 'restart', targets: ['web'] });
    await kit.bringUp(dead);
    expect((await restart).state).toBe('done');
    expect(kit.launched).toHaveLength(1);
  });

  it('is asked for nothing more, though its connection is still there: the kernel knows of its end first', async () => {
    await applyLiving(appSpec('web'));
    const dead = kit.hosts.get('web')!;
    const { length } = dead.commands;
    await dead.expire();
    const { id } = await kit.client.operate({ action: 'restart', targets: ['web'] });
    await dead.die('followed');
    await kit.bringUp(dead);
    expect((await kit.end(id)).state).toBe('done');
    expect(dead.commands.slice(length).map(({ type }) => type)).not.toContain('restart');
    expect(commandsOf('web', 'restart')).toHaveLength(1);
  });

  it('is followed by one that the daemon starts where its instances are of another user, and which leaves alone what it does not get', async () => {
    kit.disown();
    await applyLiving(appSpec('web'));
    const { pid } = kit.hosts.get('web')!.instance('web', 0).row.process!;
    await kit.hosts.get('web')!.die();
    await until('the next host is there', async () => kit.launched.length === 2 && (await listed())[0] === '0 web:0 unsupervised');
    expect((await kit.client.apps()).apps[0]!.instances[0]!.pid).toBe(pid);
    expect(commandsOf('web', 'apply')).toEqual([]);
    process.kill(pid, 0);
  });

  it('is waited for by a restart of another app on it, whose instances do not bring it up', async () => {
    await applyLiving(appSpec('web', { host: 'shared' }), appSpec('job', { host: 'shared', mode: 'fork' }));
    const dead = kit.hosts.get('shared')!;
    await dead.die('followed');
    await until('its end is known', async () => (await listed())[0] === '0 web:0 unsupervised');
    const restart = kit.operate({ action: 'restart', targets: ['job'] });
    await kit.bringUp(dead);
    expect((await restart).state).toBe('done');
    expect(kit.launched).toHaveLength(1);
  });

  it('is replaced when the user restarts the app: the new one ends the orphans', async () => {
    await applyLiving(appSpec('web', { instances: 2 }));
    const orphans = [0, 1].map((slot) => kit.hosts.get('web')!.instance('web', slot).row.process!);
    await kit.hosts.get('web')!.die();
    await until('its end is known', async () => (await listed())[0] === '0 web:0 unsupervised');
    expect((await kit.operate({ action: 'restart', targets: ['0'] })).outcomes).toMatchObject([{ id: 0, ok: true, text: 'online' }]);
    expect(commandsOf('web', 'apply')).toMatchObject([{ orphans, start: false }]);
    expect(await listed()).toEqual(['0 web:0 online', '1 web:1 online']);
    expect((await kit.client.apps()).alerts).toEqual([]);
  });

  it('has its instances ended by stop and delete as well', async () => {
    await applyLiving(appSpec('a'), appSpec('b'));
    const processes = ['a', 'b'].map((app) => kit.hosts.get(app)!.instance(app, 0).row.process!.pid);
    await Promise.all(['a', 'b'].map((app) => kit.hosts.get(app)!.die()));
    await until('both ends are known', async () => (await listed()).every((line) => line.endsWith('unsupervised')));
    expect((await kit.operate({ action: 'stop', targets: ['a'] })).state).toBe('done');
    expect((await kit.operate({ action: 'delete', targets: ['b'] })).state).toBe('done');
    expect(await listed()).toEqual(['0 a:0 stopped']);
    for (const pid of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('is not disturbed by start: what runs is left alone, with a warning', async () => {
    await applyLiving(appSpec('web'));
    await kit.hosts.get('web')!.die();
    await until('its end is known', async () => (await listed())[0] === '0 web:0 unsupervised');
    const operation = await kit.operate({ action: 'start', targets: ['web'] });
    expect(operation).toMatchObject({ state: 'done', warnings: [expect.stringContaining('runs without supervision')] });
    expect(kit.launched).toHaveLength(1);
  });

  it('is started again at once when nothing of its apps lives', async () => {
    kit.behave((instance) => instance.online());
    await kit.operate({ action: 'apply', specs: [appSpec('web')], existing: 'refuse' });
    await kit.hosts.get('web')!.die();
    await until('the app is back', async () => kit.launched.length === 2 && (await listed())[0] === '0 web:0 online');
    expect(kit.hosts.get('web')!.instance('web', 0).row.id).toBe(0);
  });

  it('brings back one app of its host while another goes on without it', async () => {
    await applyLiving(appSpec('lives', { host: 'shared' }));
    kit.behave((instance) => instance.online());
    await kit.operate({ action: 'apply', specs: [appSpec('dead', { host: 'shared' })], existing: 'refuse' });
    await kit.hosts.get('shared')!.die();
    await until('one is back, one is alone', async () => (await listed()).join() === '0 lives:0 unsupervised,1 dead:0 online');
  });

  it('is started again when the last of its instances has died', async () => {
    await applyLiving(appSpec('web'));
    const instance = kit.hosts.get('web')!.instance('web', 0);
    const { pid } = instance.row.process!;
    await kit.hosts.get('web')!.die();
    await until('its end is known', async () => (await listed())[0] === '0 web:0 unsupervised');
    process.kill(pid, 'SIGKILL');
    await until('the app is back', async () => kit.launched.length === 2 && (await listed())[0] === '0 web:0 online');
  });

  it('is found dead by a daemon that comes back, from the record it left', async () => {
    await applyLiving(appSpec('web'));
    const { pid } = kit.hosts.get('web')!.instance('web', 0).row.process!;
    await kit.leave();
    await kit.hosts.get('web')!.die();
    await kit.start();
    await until('it is seen', async () => (await listed())[0] === '0 web:0 unsupervised');
    expect((await kit.client.apps()).apps[0]!.instances[0]!.pid).toBe(pid);
    await kit.leave();
    fs.rmSync(`${kit.home.hosts}/web.json`);
    await kit.start();
    // From the list alone: it is looked at a moment after the daemon is there.
    await until('it is still known', async () => (await listed())[0] === '0 web:0 unsupervised');
    expect((await kit.client.apps()).apps[0]!.instances[0]!.pid).toBe(pid);
  });

  it('ends operations that wait for it, with the reason', async () => {
    kit.behave(() => {});
    const started = await kit.client.operate({ action: 'apply', specs: [appSpec('slow')], existing: 'refuse' });
    await until('it is starting', () => kit.hosts.get('slow')?.has('slow', 0));
    await kit.hosts.get('slow')!.die();
    const updates = [];
    for await (const update of kit.client.watch(started.id)) updates.push(update);
    expect(updates.at(-1)).toMatchObject({ operation: { state: 'failed', outcomes: [{ text: expect.stringContaining('host slow') }] } });
  });

  it('is tried again, and reported, when it cannot be started', async () => {
    kit.behave((instance) => instance.online());
    await kit.operate({ action: 'apply', specs: [appSpec('web')], existing: 'refuse' });
    kit.refuseHosts('no memory left');
    await kit.hosts.get('web')!.die();
    await until('it is reported', () => logged('host web cannot be started'));
    kit.refuseHosts(null);
    await until('the app is back', async () => (await listed())[0] === '0 web:0 online');
  });
});

describe('kill', () => {
  it('ends a host that does not answer, and what it runs, and says that it did', async () => {
    await applyLiving(appSpec('web'));
    const { process: host } = kit.hosts.get('web')!;
    const instance = kit.hosts.get('web')!.instance('web', 0).row.process!;
    kit.hosts.get('web')!.freeze();
    await kit.leave();
    await kit.start();
    const operation = await kit.operate({ action: 'kill' });
    expect(operation).toMatchObject({
      state: 'done',
      outcomes: [{ app: 'web', ok: true }],
      warnings: [`host web (pid ${host.pid}) did not answer and was killed.`],
    });
    for (const { pid } of [host, instance]) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await until('the daemon ends', () => kit.killed());
    expect(fs.readdirSync(kit.home.hosts)).toEqual([]);
  });
});

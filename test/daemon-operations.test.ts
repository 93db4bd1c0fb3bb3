// Operations at the door: real HTTP to a real daemon, hosts that pretend.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';
import type { OperationView } from '../src/model/view.ts';

let kit: DaemonKit;
beforeEach(async () => void (kit = await createDaemonKit()));
afterEach(() => kit.dispose());

const apply = (...specs: ReturnType<typeof appSpec>[]): Promise<OperationView> =>
  kit.operate({ action: 'apply', specs, existing: 'restart' });
const texts = (operation: OperationView): string[] =>
  operation.outcomes.map((outcome) => `${outcome.app}:${outcome.slot} ${outcome.ok ? 'ok' : 'failed'} ${outcome.text}`);
const listed = async (): Promise<string[]> =>
  (await kit.client.apps()).apps.flatMap((app) => app.instances.map((one) => `${one.id} ${app.name}:${one.slot} ${one.status}`));

describe('apply', () => {
  it('starts new apps in their hosts and hands out ids in order of the request', async () => {
    const operation = await apply(appSpec('b', { instances: 2 }), appSpec('a'));
    expect(operation).toMatchObject({ action: 'apply', state: 'done', error: null, warnings: [] });
    expect(texts(operation)).toEqual(['b:0 ok online', 'b:1 ok online', 'a:0 ok online']);
    expect(await listed()).toEqual(['0 b:0 online', '1 b:1 online', '2 a:0 online']);
    expect([...kit.launched].sort()).toEqual(['a', 'b']);
  });

  it('is answered at once, while the operation still runs', async () => {
    kit.behave(() => {});
    const started = await kit.client.operate({ action: 'apply', specs: [appSpec('slow')], existing: 'refuse' });
    expect(started.state).toBe('running');
    await until('the host has it', () => kit.hosts.get('slow')?.has('slow', 0));
    expect(await listed()).toEqual(['0 slow:0 starting']);
    kit.hosts.get('slow')!.instance('slow', 0).online();
    await until('the operation is done', async () => (await kit.client.apps()).apps[0]!.instances[0]!.status === 'online');
  });

  it('registers an app with autostart false as stopped', async () => {
    const operation = await apply(appSpec('later', { autostart: false }));
    expect(texts(operation)).toEqual(['later:0 ok stopped']);
    expect(await listed()).toEqual(['0 later:0 stopped']);
  });

  it('restarts an app that is there, adds missing slots and removes surplus ones', async () => {
    await apply(appSpec('web', { instances: 2 }));
    const grown = await apply(appSpec('web', { instances: 3, args: ['--new'] }));
    expect(texts(grown)).toEqual(['web:0 ok online', 'web:1 ok online', 'web:2 ok online']);
    expect(kit.hosts.get('web')!.instance('web', 0).row.generation).toBe(2);
    expect(kit.hosts.get('web')!.instance('web', 2).row.generation).toBe(1);
    await apply(appSpec('web', { instances: 1 }));
    expect(await listed()).toEqual(['0 web:0 online']);
    expect((await kit.client.apps({ full: true })).apps[0]!.spec).toEqual(appSpec('web', { instances: 1 }));
  });

  it('refuses a name that is taken, and changes nothing', async () => {
    await apply(appSpec('web'));
    const refused = kit.client.operate({ action: 'apply', specs: [appSpec('new'), appSpec('web')], existing: 'refuse' });
    await expect(refused).rejects.toMatchObject({ code: 'NAME_TAKEN', hint: 'holdfast restart web' });
    expect(await listed()).toEqual(['0 web:0 online']);
  });

  it('moves an app to another host', async () => {
    await apply(appSpec('web'));
    const left = kit.hosts.get('web')!;
    const moved = await apply(appSpec('web', { host: 'shared' }));
    expect(texts(moved)).toEqual(['web:0 ok online']);
    expect(left.commands.map((command) => command.type)).toContain('remove');
    expect(left.has('web', 0)).toBe(false);
    expect(await listed()).toEqual(['0 web:0 online']);
    await until('the host that has no app any more is ended', () => !kit.hosts.has('web'));
  });

  it('refuses a host whose socket path would be too long, saying how long', async () => {
    const refused = kit.client.operate({ action: 'apply', specs: [appSpec('x'.repeat(120))], existing: 'refuse' });
    await expect(refused).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/would have \d+ bytes, the most is 107/),
    });
  });
});

describe('how a start fares', () => {
  it('fails with the reason of the first exit, whatever the restart policy does next', async () => {
    kit.behave((instance) => instance.crash(3));
    const operation = await apply(appSpec('bad'));
    expect(operation.state).toBe('failed');
    expect(texts(operation)).toEqual(['bad:0 failed exited with code [3] (pid 77)']);
  });

  it('names the busy port as the cause', async () => {
    kit.behave((instance) => {
      instance.say({}, { kind: 'port-busy', address: '0.0.0.0:80', holder: 'pid 9 (nginx)' });
      instance.crash();
    });
    expect(texts(await apply(appSpec('bad')))).toEqual([
      'bad:0 failed 0.0.0.0:80 is already in use by pid 9 (nginx); exited with code [1] (pid 77)',
    ]);
  });

  it('takes a fork-mode script for started only when it has lived for a moment', async () => {
    await apply(appSpec('job', { mode: 'fork', minUptimeMs: 120 }));
    expect(Date.now() - kit.hosts.get('job')!.instance('job', 0).row.startedAt!).toBeGreaterThanOrEqual(120);
    kit.behave((instance) => {
      instance.online();
      setTimeout(() => instance.crash(), 20);
    });
    const short = await apply(appSpec('short', { mode: 'fork', minUptimeMs: 1000 }));
    expect(texts(short)).toEqual(['short:0 failed exited with code [1] (pid 77)']);
  });

  it('takes a job that ends well, and is not to be restarted, for done', async () => {
    kit.behave((instance) => {
      const exit = { code: 0, signal: null, error: null, launchError: null };
      instance.say({ goal: 'down', phase: { kind: 'stopped', finished: 'autorestart-off' } }, { kind: 'exited', exit, pid: 5 });
    });
    expect(texts(await apply(appSpec('job', { mode: 'fork', autorestart: false })))).toEqual(['job:0 ok exited with code [0] (pid 5)']);
  });

  it('is no failure when the old child exits on the way of a restart', async () => {
    await apply(appSpec('web'));
    kit.behave((instance) => {
      instance.say(
        { phase: { kind: 'starting' } },
        { kind: 'exited', exit: { code: 0, signal: null, error: null, launchError: null }, pid: 4 },
      );
      instance.online();
    });
    expect(texts(await kit.operate({ action: 'restart', targets: ['web'] }))).toEqual(['web:0 ok online']);
  });

  it('streams the events of its apps and ends with the operation', async () => {
    const updates = await kit.updates({ action: 'apply', specs: [appSpec('web')], existing: 'refuse' });
    const kinds = updates.map((update) => (update.type === 'event' ? update.event.kind : update.operation.state));
    expect(kinds.filter((kind) => kind !== 'running')).toEqual(['starting', 'online', 'done']);
  });
});

describe('start, stop, restart, reset', () => {
  it('stops and starts by name, id, namespace, pattern and all', async () => {
    await apply(appSpec('a', { namespace: 'x' }), appSpec('b', { namespace: 'x' }), appSpec('c'));
    for (const [target, stopped] of [
      ['b', [1]],
      ['0', [0]],
      ['x', [0, 1]],
      ['/^[bc]$/', [1, 2]],
      ['all', [0, 1, 2]],
    ] as const) {
      expect((await kit.operate({ action: 'stop', targets: [target] })).outcomes.map((one) => one.id)).toEqual(stopped);
      expect((await listed()).filter((line) => line.endsWith('stopped')).map((line) => Number(line[0]))).toEqual(stopped);
      expect((await kit.operate({ action: 'start', targets: [target] })).state).toBe('done');
    }
  });

  it('takes what is up already for started, and what is stopped for stopped', async () => {
    await apply(appSpec('a'));
    expect(texts(await kit.operate({ action: 'start', targets: ['a'] }))).toEqual(['a:0 ok online']);
    expect(kit.hosts.get('a')!.instance('a', 0).row.generation).toBe(1);
    await kit.operate({ action: 'stop', targets: ['a'] });
    expect(texts(await kit.operate({ action: 'stop', targets: ['a'] }))).toEqual(['a:0 ok stopped']);
  });

  it('refuses a target that means nothing, with what was probably meant', async () => {
    await apply(appSpec('track-backend'));
    const refused = kit.client.operate({ action: 'restart', targets: ['track-backed'] });
    await expect(refused).rejects.toMatchObject({
      code: 'TARGET_NOT_FOUND',
      message: expect.stringContaining('did you mean track-backend'),
    });
  });

  it('lets a stop overtake a start that still waits', async () => {
    kit.behave(() => {});
    const start = await kit.client.operate({ action: 'apply', specs: [appSpec('slow')], existing: 'refuse' });
    await until('it is starting', () => kit.hosts.get('slow')?.has('slow', 0));
    expect(texts(await kit.operate({ action: 'stop', targets: ['slow'] }))).toEqual(['slow:0 ok stopped']);
    const updates = [];
    for await (const update of kit.client.watch(start.id)) updates.push(update);
    expect(updates.at(-1)).toMatchObject({ operation: { state: 'failed', outcomes: [{ ok: false, text: 'a later command stopped it' }] } });
  });

  it('keeps two operations on an app in order', async () => {
    await apply(appSpec('web'));
    kit.behave((instance) => void setTimeout(() => instance.online(), 30));
    const both = await Promise.all([
      kit.operate({ action: 'restart', targets: ['web'] }),
      kit.operate({ action: 'restart', targets: ['web'] }),
    ]);
    expect(both.map((operation) => operation.state)).toEqual(['done', 'done']);
    expect(kit.hosts.get('web')!.instance('web', 0).row.generation).toBe(3);
  });

  it('resets counters', async () => {
    await apply(appSpec('web'));
    await kit.operate({ action: 'restart', targets: ['web'] });
    expect(texts(await kit.operate({ action: 'reset', targets: ['web'] }))).toEqual(['web:0 ok reset']);
    expect((await kit.client.apps()).apps[0]!.instances[0]!.restarts).toBe(0);
  });

  it('reports a host that cannot be started', async () => {
    await apply(appSpec('web', { autostart: false }));
    await kit.hosts.get('web')!.die();
    await until('its end is known', async () => (await kit.client.manager()).hosts.length === 0);
    kit.refuseHosts('no memory left');
    expect(texts(await kit.operate({ action: 'start', targets: ['web'] }))).toEqual([
      'web:0 failed Cannot start host web: no memory left.',
    ]);
  });
});

describe('delete and scale', () => {
  it('takes an app off the list when its rows are gone', async () => {
    await apply(appSpec('a'), appSpec('b'));
    expect(texts(await kit.operate({ action: 'delete', targets: ['a'] }))).toEqual(['a:0 ok deleted']);
    expect(await listed()).toEqual(['1 b:0 online']);
  });

  it('never uses an id again until the list is empty', async () => {
    await apply(appSpec('a'), appSpec('b'));
    await kit.operate({ action: 'delete', targets: ['b'] });
    await apply(appSpec('c'));
    expect(await listed()).toEqual(['0 a:0 online', '2 c:0 online']);
    await kit.operate({ action: 'delete', targets: ['all'] });
    await apply(appSpec('d'));
    expect(await listed()).toEqual(['0 d:0 online']);
  });

  it('deletes one instance by its id', async () => {
    await apply(appSpec('web', { instances: 3 }));
    await kit.operate({ action: 'delete', targets: ['1'] });
    expect(await listed()).toEqual(['0 web:0 online', '2 web:2 online']);
  });

  it('adds the lowest free slots and takes the highest away', async () => {
    await apply(appSpec('web', { instances: 3 }));
    await kit.operate({ action: 'delete', targets: ['1'] });
    expect(texts(await kit.operate({ action: 'scale', app: 'web', change: 2 }))).toEqual(['web:1 ok online', 'web:3 ok online']);
    expect(await listed()).toEqual(['0 web:0 online', '3 web:1 online', '2 web:2 online', '4 web:3 online']);
    expect(texts(await kit.operate({ action: 'scale', app: 'web', count: 1 }))).toEqual([
      'web:2 ok deleted',
      'web:1 ok deleted',
      'web:3 ok deleted',
    ]);
    expect(await listed()).toEqual(['0 web:0 online']);
  });

  it('waits for every instance where the host is a new one', async () => {
    // Living instances: a host without any would be brought back by itself, perhaps before the command comes.
    kit.behave((instance) => {
      instance.say({ process: instance.live() });
      instance.online();
    });
    await apply(appSpec('web', { instances: 2 }));
    await kit.hosts.get('web')!.die();
    await until('its end is known', async () => (await listed()).every((line) => line.endsWith('unsupervised')));
    expect(texts(await kit.operate({ action: 'scale', app: 'web', count: 3 }))).toEqual([
      'web:0 ok online',
      'web:1 ok online',
      'web:2 ok online',
    ]);
  });

  it('refuses to scale to nothing, to what is, and without a number', async () => {
    await apply(appSpec('web'));
    await expect(kit.client.operate({ action: 'scale', app: 'web', count: 0 })).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'holdfast stop web',
    });
    await expect(kit.client.operate({ action: 'scale', app: 'web', change: -1 })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(kit.client.operate({ action: 'scale', app: 'web', count: 1 })).rejects.toMatchObject({ code: 'NOTHING_TO_DO' });
    await expect(kit.client.operate({ action: 'scale', app: 'web' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(kit.client.operate({ action: 'scale', app: 'other', count: 2 })).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
  });
});

describe('save, resurrect, kill', () => {
  it('brings back what was saved, each up or down as it was, and leaves what is there', async () => {
    await apply(appSpec('up', { instances: 2 }), appSpec('down'), appSpec('there'));
    await kit.operate({ action: 'stop', targets: ['down'] });
    expect((await kit.operate({ action: 'save' })).state).toBe('done');
    await kit.operate({ action: 'delete', targets: ['up', 'down'] });
    const operation = await kit.operate({ action: 'resurrect' });
    expect(texts(operation)).toEqual(['up:0 ok online', 'up:1 ok online', 'down:0 ok stopped']);
    expect(operation.warnings).toEqual(['there is in the list already and was left as it is.']);
  });

  it('brings back apps that it is given, without anything saved, and refuses what cannot be', async () => {
    const slots = [
      { slot: 0, goal: 'up' as const },
      { slot: 1, goal: 'down' as const },
    ];
    const given = { spec: appSpec('given', { instances: 2 }), slots };
    const operation = await kit.operate({ action: 'resurrect', apps: [given] });
    expect(texts(operation)).toEqual(['given:0 ok online', 'given:1 ok stopped']);
    await expect(kit.client.operate({ action: 'resurrect', apps: [given, given] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const schedule = { pattern: 'never', timeZone: null };
    await expect(
      kit.client.operate({ action: 'resurrect', apps: [{ spec: appSpec('other', { schedule }), slots }] }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(kit.client.operate({ action: 'resurrect', apps: [{ spec: appSpec('none'), slots: [] }] })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('refuses to save an empty list unless forced, and to resurrect what was never saved', async () => {
    await expect(kit.client.operate({ action: 'resurrect' })).rejects.toMatchObject({ code: 'DUMP_MISSING' });
    await expect(kit.client.operate({ action: 'save' })).rejects.toMatchObject({ code: 'NOTHING_TO_DO', hint: 'holdfast save --force' });
    expect((await kit.operate({ action: 'save', force: true })).state).toBe('done');
    expect((await kit.operate({ action: 'resurrect' })).outcomes).toEqual([]);
  });

  it('kills apps and hosts, answers, and empties the list but not the dump', async () => {
    await apply(appSpec('a'), appSpec('b', { host: 'shared' }));
    await kit.operate({ action: 'save' });
    const operation = await kit.operate({ action: 'kill' });
    expect(texts(operation)).toEqual(['a:0 ok stopped', 'b:0 ok stopped']);
    await until('the daemon is told to end', () => kit.killed());
    expect(kit.hosts.size).toBe(0);
    expect(await listed()).toEqual([]);
    await expect(kit.client.operate({ action: 'resurrect' })).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
  });
});

describe('signals', () => {
  it('go to the processes that live, and say so', async () => {
    kit.behave((instance) => {
      instance.say({ process: instance.live() });
      instance.online();
    });
    await apply(appSpec('web'), appSpec('down', { autostart: false }));
    const { pid } = kit.hosts.get('web')!.rows('web')[0]!.process!;
    const operation = await kit.operate({ action: 'signal', targets: ['all'], signal: 'SIGCONT' });
    expect(operation.state).toBe('failed');
    expect(texts(operation)).toEqual([`web:0 ok SIGCONT sent (pid ${pid})`, 'down:0 failed has no process']);
  });

  it('that the system does not know are refused', async () => {
    await apply(appSpec('web'));
    await expect(kit.client.operate({ action: 'signal', targets: ['web'], signal: 'SIGNONE' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('what was saved', () => {
  it('is forgotten by clear-dump', async () => {
    await apply(appSpec('web'));
    await kit.operate({ action: 'save' });
    expect((await kit.operate({ action: 'clear-dump' })).state).toBe('done');
    await kit.operate({ action: 'delete', targets: ['web'] });
    expect((await kit.operate({ action: 'resurrect' })).outcomes).toEqual([]);
  });
});

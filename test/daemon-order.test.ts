// depends_on at the door: a real daemon, hosts that pretend. Who is started when, who is not and why, and what a daemon that comes back goes on with.
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';
import type { AppSpec } from '../src/model/app-spec.ts';
import type { OperationView } from '../src/model/view.ts';

let kit: DaemonKit;
beforeEach(async () => {
  kit = await createDaemonKit();
  // Instances do nothing by themselves here: the tests say what becomes of them.
  kit.behave(() => {});
});
afterEach(() => kit.dispose());

type Condition = AppSpec['dependsOn'][number]['condition'];
const app = (name: string, needs: Readonly<Record<string, Condition>> = {}, differs: Partial<AppSpec> = {}): AppSpec =>
  appSpec(name, { dependsOn: Object.entries(needs).map(([of, condition]) => ({ app: of, condition })), ...differs });

const ask = async (...specs: readonly AppSpec[]): Promise<OperationView> =>
  kit.client.operate({ action: 'apply', specs: [...specs], existing: 'restart' });
const end = async ({ id }: OperationView): Promise<OperationView> => {
  let last: OperationView | null = null;
  for await (const update of kit.client.watch(id)) if (update.type === 'operation') last = update.operation;
  return last!;
};
const texts = (operation: OperationView): string[] =>
  operation.outcomes.map((outcome) => `${outcome.app} ${outcome.ok ? 'ok' : 'failed'} ${outcome.text}`);
const listed = async (): Promise<string> =>
  (await kit.client.apps()).apps.flatMap(({ name, instances }) => instances.map((one) => `${name} ${one.status}`)).join(', ');
const isLaunched = (name: string): boolean => kit.hosts.get(name)?.has(name, 0) === true;
const launched = (name: string): Promise<unknown> => until(`${name} is launched`, () => isLaunched(name));
const instance = (name: string) => kit.hosts.get(name)!.instance(name, 0);
const waitsFor = async (name: string): Promise<string[] | null> => {
  const found = (await kit.client.apps()).apps.find((one) => one.name === name)!;
  return found.waiting === null ? null : found.waiting.for.map((one) => `${one.app} ${one.condition} ${one.text}`);
};
/** A job that has ended. */
const finish = (name: string, code: number): void => {
  const exit = { code, signal: null, error: null, launchError: null };
  instance(name).say(
    { goal: 'down', phase: { kind: 'stopped', finished: 'autorestart-off' }, tally: [{ at: Date.now(), exit, uptimeMs: 1, pid: 5 }] },
    { kind: 'exited', exit, pid: 5 },
  );
};
const errored = (name: string): void =>
  instance(name).say({ goal: 'down', phase: { kind: 'errored', reason: 'unstable-runs', crashes: 3, spanMs: 9 } });
const logged = (text: string): boolean => kit.log().some((line) => line.includes(text));

describe('apps that are started together', () => {
  it('are started as soon as what they depend on is there, and shown as waiting until then', async () => {
    const started = await ask(app('web', { api: 'ready' }), app('api', { db: 'ready' }), app('db'), app('other'));
    await launched('db');
    await launched('other');
    expect(await listed()).toBe('web waiting, api waiting, db starting, other starting');
    expect(await waitsFor('web')).toEqual(['api ready waits itself']);
    expect(await waitsFor('api')).toEqual(['db ready is starting']);
    expect([isLaunched('api'), isLaunched('web')]).toEqual([false, false]);
    instance('db').online();
    await launched('api');
    expect(await listed()).toBe('web waiting, api starting, db online, other starting');
    instance('api').online();
    await launched('web');
    for (const name of ['web', 'other']) instance(name).online();
    expect(texts(await end(started))).toEqual(['web ok online', 'api ok online', 'db ok online', 'other ok online']);
    expect(logged('App [api] waits for db (ready) (at most 10 min)')).toBe(true);
  });

  it('wait for all of several', async () => {
    const started = await ask(app('db'), app('job', {}, { autorestart: false }), app('api', { db: 'started', job: 'exited-ok' }));
    await launched('job');
    instance('db').online();
    await until('only the job is missing', async () => (await waitsFor('api'))?.join() === 'job exited-ok is starting');
    finish('job', 0);
    await launched('api');
    instance('api').online();
    expect((await end(started)).state).toBe('done');
  });

  it.each<[string, Condition, (name: string) => void, string]>([
    ['is errored', 'ready', errored, 'it depends on db (ready), which is errored'],
    ['ends with another code', 'exited-ok', (name) => finish(name, 3), 'it depends on db (exited-ok), which ended with code [3]'],
    ['has ended and should be there', 'healthy', (name) => finish(name, 0), 'it depends on db (healthy), which has ended'],
  ])('are not started where what they depend on %s', async (_, condition, fail, reason) => {
    const started = await ask(app('db'), app('api', { db: condition }), app('web', { api: 'ready' }));
    await launched('db');
    fail('db');
    const operation = await end(started);
    expect(operation.state).toBe('failed');
    expect(texts(operation).slice(1)).toEqual([`api failed ${reason}`, 'web failed it depends on api (ready), which was not brought up']);
    expect(await listed()).toMatch(/api stopped, web stopped$/);
    expect([isLaunched('api'), isLaunched('web')]).toEqual([false, false]);
    expect(logged(`App [api] not started: ${reason}`)).toBe(true);
  });

  it('are given up when the time for it has passed', async () => {
    const started = await ask(app('db'), app('api', { db: 'ready' }, { dependsTimeoutMs: 60 }));
    await launched('db');
    await until('it is given up', async () => (await listed()) === 'db starting, api stopped');
    instance('db').online();
    expect(texts(await end(started))).toEqual([
      'db ok online',
      // On a busy machine even its launch may take that long.
      expect.stringMatching(
        /^api failed it depends on db \(ready\), which (is starting|waits itself), still after 60 ms \(depends_timeout\)$/,
      ),
    ]);
  });

  it('are let go by a stop, a delete and a kill', async () => {
    const one = await ask(app('db'), app('api', { db: 'ready' }));
    await launched('db');
    const stopped = await kit.client.operate({ action: 'stop', targets: ['api'] });
    instance('db').online();
    expect(texts(await end(one))).toEqual(['db ok online', 'api failed a later command stopped it']);
    expect(texts(await end(stopped))).toEqual(['api ok stopped']);
    expect(await listed()).toBe('db online, api stopped');
    kit.behave(() => {});
    const two = await kit.client.operate({ action: 'restart', targets: ['all'] });
    await until('db restarts', async () => (await listed()) === 'db starting, api waiting');
    expect((await kit.operate({ action: 'delete', targets: ['all'] })).state).toBe('done');
    expect((await end(two)).state).toBe('failed');
    const three = await ask(app('db'), app('api', { db: 'ready' }));
    await launched('db');
    expect((await kit.operate({ action: 'kill' })).state).toBe('done');
    expect((await end(three)).state).toBe('failed');
  });

  it('make no circle, not even with what is in the list', async () => {
    kit.behave((one) => one.online());
    expect((await end(await ask(app('db'), app('api', { db: 'ready' })))).state).toBe('done');
    await expect(ask(app('db', { api: 'ready' }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('depends_on goes round in a circle: db -> api -> db'),
    });
  });
});

describe('one of them', () => {
  beforeEach(async () => {
    kit.behave((one) => one.online());
    await end(await ask(app('db'), app('api', { db: 'ready' })));
  });

  it('goes on when what it depends on is stopped, crashes or is deleted', async () => {
    await kit.operate({ action: 'stop', targets: ['db'] });
    expect(await listed()).toBe('db stopped, api online');
    await kit.operate({ action: 'delete', targets: ['db'] });
    expect(await listed()).toBe('api online');
  });

  it('is restarted where it runs, whatever has become of what it depends on', async () => {
    await kit.operate({ action: 'stop', targets: ['db'] });
    expect(texts(await kit.operate({ action: 'restart', targets: ['api'] }))).toEqual(['api ok online']);
  });

  it('is not started from nothing without it, and says so', async () => {
    await kit.operate({ action: 'stop', targets: ['all'] });
    const operation = await kit.operate({ action: 'start', targets: ['api'] });
    expect(texts(operation)).toEqual(['api failed it depends on db (ready), which is stopped']);
    expect(await listed()).toBe('db stopped, api stopped');
    await kit.operate({ action: 'delete', targets: ['db'] });
    expect(texts(await kit.operate({ action: 'restart', targets: ['api'] }))).toEqual([
      'api failed it depends on db (ready), which is not in the list',
    ]);
  });

  it('waits for one that is just being started by another command', async () => {
    await kit.operate({ action: 'stop', targets: ['all'] });
    kit.behave(() => {});
    const db = await kit.client.operate({ action: 'start', targets: ['db'] });
    await until('db starts', async () => (await listed()) === 'db starting, api stopped');
    const api = await kit.client.operate({ action: 'start', targets: ['api'] });
    await until('it waits', async () => (await listed()) === 'db starting, api waiting');
    kit.behave((one) => one.online());
    instance('db').online();
    expect([(await end(db)).state, (await end(api)).state]).toEqual(['done', 'done']);
  });
});

describe('all of them', () => {
  const generations = (): number[] => ['db', 'api'].map((name) => instance(name).row.generation);

  it('are restarted in order: the second when the first is there again, and goes on until then', async () => {
    kit.behave((one) => one.online());
    await end(await ask(app('db'), app('api', { db: 'ready' })));
    kit.behave(() => {});
    const restart = await kit.client.operate({ action: 'restart', targets: ['all'] });
    await until('the first restarts', () => generations()[0] === 2);
    expect(await listed()).toBe('db starting, api online');
    kit.behave((one) => one.online());
    instance('db').online();
    expect(texts(await end(restart))).toEqual(['db ok online', 'api ok online']);
    expect(generations()).toEqual([2, 2]);
  });

  it('are stopped and deleted in reverse', async () => {
    for (const action of ['stop', 'delete'] as const) {
      kit.behave((one) => one.online());
      await end(await ask(app('db'), app('api', { db: 'ready' }), app('web', { api: 'ready' })));
      const before = kit.log().length;
      expect((await kit.operate({ action, targets: ['all'] })).state).toBe('done');
      const order = kit
        .log()
        .slice(before)
        .flatMap((line) => /App \[(\w+):0\] stopped/.exec(line)?.[1] ?? []);
      expect(order).toEqual(['web', 'api', 'db']);
    }
  });

  it('are brought back by resurrect in order; what was down when they were saved is not waited for', async () => {
    kit.behave((one) => one.online());
    await end(await ask(app('db'), app('gone'), app('api', { db: 'ready', gone: 'ready' })));
    await kit.operate({ action: 'stop', targets: ['gone'] });
    await kit.operate({ action: 'save' });
    await kit.operate({ action: 'delete', targets: ['all'] });
    kit.behave(() => {});
    const resurrect = await kit.client.operate({ action: 'resurrect' });
    await launched('db');
    expect(await listed()).toBe('db starting, gone stopped, api waiting');
    instance('db').online();
    await launched('api');
    instance('api').online();
    expect((await end(resurrect)).state).toBe('done');
  });
});

describe('a daemon that comes back', () => {
  /** As if it had been killed: what it has begun is not ended. */
  const killDaemon = async (): Promise<void> => {
    await until('it is on disk', () => fs.readFileSync(kit.home.state, 'utf8').includes('"waiting": {'));
    await kit.leave();
    await kit.start();
  };

  it('goes on with the waiting, and starts what waits when its time has come', async () => {
    await ask(app('db'), app('api', { db: 'ready' }));
    await launched('db');
    await killDaemon();
    expect(await listed()).toBe('db starting, api waiting');
    expect(isLaunched('api')).toBe(false);
    kit.behave((one) => one.online());
    instance('db').online();
    await until('both are there', async () => (await listed()) === 'db online, api online');
    await until('nothing waits on disk', () => !fs.readFileSync(kit.home.state, 'utf8').includes('"waiting": {'));
  });

  it('does not start it where that fails', async () => {
    await ask(app('db'), app('api', { db: 'ready' }));
    await launched('db');
    await killDaemon();
    errored('db');
    await until('it is given up', async () => (await listed()) === 'db errored, api stopped');
  });

  it('counts the time from the beginning', async () => {
    await ask(app('db'), app('api', { db: 'ready' }));
    await launched('db');
    const sinceMs = async (): Promise<number> => (await kit.client.apps()).apps[1]!.waiting!.sinceMs;
    await until('some of it has passed', async () => (await sinceMs()) > 50);
    const before = await sinceMs();
    await killDaemon();
    expect(await sinceMs()).toBeGreaterThan(before);
  });

  it('brings a list that died as a whole back in order', async () => {
    kit.behave((one) => one.online());
    await end(await ask(app('db'), app('api', { db: 'ready' })));
    await kit.leave();
    for (const host of kit.hosts.values()) await host.die();
    kit.behave(() => {});
    await kit.start();
    await launched('db');
    await until('it waits', async () => (await listed()) === 'db starting, api waiting');
    kit.behave((one) => one.online());
    instance('db').online();
    await until('both are there', async () => (await listed()) === 'db online, api online');
  });

  it('does not keep down what was up because what it depends on does not come back', async () => {
    kit.behave((one) => one.online());
    await end(await ask(app('db'), app('api', { db: 'ready' })));
    await kit.leave();
    for (const host of kit.hosts.values()) await host.die();
    kit.behave((one) =>
      one.row.app === 'db'
        ? one.say({ goal: 'down', phase: { kind: 'errored', reason: 'unstable-runs', crashes: 3, spanMs: 9 } })
        : one.online(),
    );
    await kit.start();
    await until('it is there all the same', async () => (await listed()) === 'db errored, api online');
    expect(logged('started all the same, for it was up before: it depends on db (ready), which is errored')).toBe(true);
  });
});

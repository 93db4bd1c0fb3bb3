// Reload, rollback and what else is rolled out, at the door: real HTTP to a real daemon, hosts that pretend. What a rollout does is the host's business.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';
import type { OperationRequest } from '../src/model/api.ts';
import type { AppSpec } from '../src/model/app-spec.ts';
import type { AppView, OperationView } from '../src/model/view.ts';

let kit: DaemonKit;
beforeEach(async () => void (kit = await createDaemonKit()));
afterEach(() => kit.dispose());

/** Instances with a process each, so that a replacement shows. */
const live = (): void =>
  kit.behave((instance) => {
    instance.say({ process: instance.live() });
    instance.online();
  });
const start = async (...specs: AppSpec[]): Promise<void> => {
  live();
  expect((await kit.operate({ action: 'apply', specs, existing: 'refuse' })).state).toBe('done');
};
const texts = (operation: OperationView): string[] =>
  operation.outcomes.map((one) => `${one.app}:${one.slot} ${one.ok ? 'ok' : 'failed'} ${one.text.replaceAll(/\d+/g, 'N')}`);
const view = async (name = 'web'): Promise<AppView> => (await kit.client.apps({ targets: [name], full: true })).apps[0]!;
const pids = async (): Promise<(number | null)[]> => (await view()).instances.map((one) => one.pid);
const reload = (...targets: string[]): Promise<OperationView> => kit.operate({ action: 'reload', targets });
const applyAgain = (...specs: AppSpec[]): Promise<OperationView> => kit.operate({ action: 'apply', specs, existing: 'reload' });
const stateText = (): string => fs.readFileSync(kit.home.state, 'utf8');
const saved = (): Promise<unknown> => until('the list is on disk', () => fs.existsSync(kit.home.state));

/** A folder with two releases and a link to the first. */
function releaseFolders(): { readonly current: string; readonly spec: (differs?: Partial<AppSpec>) => AppSpec; point(to: string): void } {
  const folder = path.join(kit.home.root, 'site');
  const current = path.join(folder, 'current');
  for (const name of ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7']) {
    fs.mkdirSync(path.join(folder, name), { recursive: true });
    fs.writeFileSync(path.join(folder, name, 'app.js'), '');
  }
  const point = (to: string): void => {
    fs.rmSync(current, { force: true });
    fs.symlinkSync(to, current);
  };
  point('r1');
  return { current, point, spec: (differs = {}) => appSpec('web', { cwd: current, script: path.join(current, 'app.js'), ...differs }) };
}

describe('reload', () => {
  it('has the host replace every instance, and says which process follows which', async () => {
    await start(appSpec('web', { instances: 2 }));
    const [first, second] = await pids();
    const operation = await reload('web');
    expect(operation).toMatchObject({ action: 'reload', state: 'done', error: null, warnings: [], waitsFor: null });
    const after = await pids();
    expect(operation.outcomes.map((one) => one.text)).toEqual([
      `reloaded: pid ${first} -> ${after[0]}`,
      `reloaded: pid ${second} -> ${after[1]}`,
    ]);
    expect(operation.rollouts).toMatchObject([{ app: 'web', rollout: { cause: 'reload', phase: 'done', release: 1 } }]);
    expect(kit.hosts.get('web')!.rollout('web').command).toMatchObject({ replace: [0, 1], parallel: 1, surge: 'one' });
  });

  it('passes on how it is to go about it', async () => {
    await start(appSpec('web', { instances: 2, surge: 'all' }));
    await kit.operate({ action: 'reload', targets: ['web'], parallel: 2 });
    expect(kit.hosts.get('web')!.rollout('web').command).toMatchObject({ parallel: 2, surge: 'all' });
    await kit.operate({ action: 'reload', targets: ['web'], surge: 'one' });
    expect(kit.hosts.get('web')!.rollout('web').command).toMatchObject({ parallel: 1, surge: 'one' });
  });

  it('replaces only the instance that was meant, and starts one that is down', async () => {
    await start(appSpec('web', { instances: 2 }));
    await kit.operate({ action: 'stop', targets: ['1'] });
    expect(texts(await reload('1'))).toEqual(['web:1 ok started: pid N']);
    expect(kit.hosts.get('web')!.rollout('web').command).toMatchObject({ replace: [1], slots: [{ slot: 0 }, { slot: 1 }] });
    expect((await view()).instances.map((one) => one.status)).toEqual(['online', 'online']);
    expect(JSON.parse(stateText())).toMatchObject({ apps: [{ slots: [{ goal: 'up' }, { goal: 'up' }] }] });
  });

  it('tells each change of the rollout while it runs', async () => {
    await start(appSpec('web', { instances: 2 }));
    kit.rollOut(() => {});
    const { id } = await kit.client.operate({ action: 'reload', targets: ['web'] });
    const seen: number[] = [];
    for await (const update of kit.client.watch(id)) {
      if (update.type !== 'operation' || update.operation.rollouts.length === 0) continue;
      const { slots } = update.operation.rollouts[0]!.rollout;
      const through = slots.filter((one) => one.action === null).length;
      if (seen.at(-1) === through) continue;
      seen.push(through);
      if (through === 0) kit.hosts.get('web')!.rollout('web').replace(0);
      if (through === 1) kit.hosts.get('web')!.rollout('web').succeed();
    }
    expect(seen).toEqual([0, 1, 2]);
  });

  it('fails with the reason and the last lines of the successor, and leaves the list as it was', async () => {
    await start(appSpec('web', { instances: 2 }));
    await saved();
    const before = stateText();
    const [first] = await pids();
    kit.rollOut((rollout) => {
      rollout.replace(0);
      rollout.fail({ reason: 'not-ready', text: 'not listening after 30 s', lines: ['waiting for the database'] });
    });
    const operation = await reload('web');
    expect(operation).toMatchObject({ state: 'failed', error: 'deploy failed: not-ready: not listening after 30 s' });
    expect(texts(operation)).toEqual(['web:0 failed put back: pid N -> N', 'web:1 failed as before: pid N']);
    expect((await pids())[0]).not.toBe(first);
    expect(operation.rollouts[0]!.rollout.failure).toMatchObject({ lines: ['waiting for the database'] });
    expect(stateText()).toBe(before);
  });

  it('reloads several apps at once, and names the one that failed', async () => {
    await start(appSpec('web'), appSpec('job'));
    kit.rollOut((rollout) => (rollout.command.app === 'job' ? rollout.fail() : rollout.succeed()));
    const operation = await reload('all');
    expect(operation.error).toBe('job: deploy failed: crashed: exited with code [1]');
    expect(texts(operation)).toEqual(['web:0 ok reloaded: pid N -> N', 'job:0 failed as before: pid N']);
  });

  it('says so where the host refuses', async () => {
    await start(appSpec('web'));
    const { commands } = kit.hosts.get('web')!;
    kit.hosts.get('web')!.refuse('rollout', 'a rollout of web is under way');
    expect(texts(await reload('web'))).toEqual(['web:0 failed a rollout of web is under way']);
    expect(commands.filter((command) => command.type === 'rollout')).toHaveLength(1);
  });

  it.each<[string, () => OperationRequest]>([
    ['reload', () => ({ action: 'reload', targets: ['web'] })],
    ['a deploy', () => ({ action: 'apply', specs: [appSpec('web', { instances: 3 })], existing: 'reload' })],
    ['scale', () => ({ action: 'scale', app: 'web', count: 3 })],
  ])('that comes when a host has died is done by the next one, which its instances bring up: %s', async (_, request) => {
    await start(appSpec('web', { instances: 2 }));
    const dead = kit.hosts.get('web')!;
    await dead.die('followed');
    await until('its end is known', async () => (await view()).instances[0]!.status === 'unsupervised');
    const { id } = await kit.client.operate(request());
    await kit.bringUp(dead);
    const end = await kit.end(id);
    expect(end).toMatchObject({ state: 'done', warnings: [] });
    expect(kit.launched).toEqual(['web']);
    const commands = kit.hosts.get('web')!.commands.map(({ type }) => type);
    expect(commands.filter((type) => type === 'rollout' || type === 'restart')).toEqual(['rollout']);
  });

  it('restarts an app whose host died, and says why', async () => {
    await start(appSpec('web'));
    const host = kit.hosts.get('web')!;
    await host.die();
    await until('its end is known', async () => (await view()).instances[0]!.status === 'unsupervised');
    const operation = await reload('web');
    expect(operation.warnings).toEqual(['web is restarted, not reloaded: its host died, and a new one takes its place.']);
    expect(texts(operation)).toEqual(['web:0 ok online']);
  });

  it('starts an app of which nothing runs, without a warning', async () => {
    await start(appSpec('web'));
    await kit.operate({ action: 'stop', targets: ['web'] });
    await kit.leave();
    await kit.hosts.get('web')!.die();
    await kit.start();
    expect((await kit.client.plan({ action: 'reload', targets: ['web'] })).notes).toEqual(['web does not run: it is started.']);
    expect(await reload('web')).toMatchObject({ state: 'done', warnings: [], outcomes: [{ text: 'online' }] });
  });

  it('refuses a name that means nothing, and an app whose files are gone, before anything is touched', async () => {
    const { spec, current } = releaseFolders();
    await start(spec());
    await expect(reload('other')).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
    fs.rmSync(path.join(current, 'app.js'));
    const script = path.join(current, 'app.js');
    await expect(reload('web')).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: `Cannot reload web: its script ${script} is not there.`,
      hint: `ls -l ${script}`,
    });
    fs.rmSync(path.join(current, '../r1'), { recursive: true });
    await expect(reload('web')).rejects.toMatchObject({
      message: `Cannot reload web: its folder ${current} is a link to r1, which is not there.`,
    });
    await expect(kit.operate({ action: 'restart', targets: ['web'] })).rejects.toMatchObject({ code: 'CONFIG_NOT_FOUND' });
    expect(kit.hosts.get('web')!.commands.some((command) => command.type === 'rollout')).toBe(false);
  });

  it('waits behind another operation of the app, and says behind which', async () => {
    await start(appSpec('web'));
    kit.rollOut(() => {});
    const first = await kit.client.operate({ action: 'reload', targets: ['web'] });
    await until('it has begun', () => kit.hosts.get('web')!.commands.some((command) => command.type === 'rollout'));
    const second = await kit.client.operate({ action: 'restart', targets: ['web'] });
    expect([first.waitsFor, second.waitsFor]).toEqual([null, 'reload of web']);
    kit.hosts.get('web')!.rollout('web').succeed();
    const updates: OperationView[] = [];
    for await (const update of kit.client.watch(second.id)) if (update.type === 'operation') updates.push(update.operation);
    expect(updates.at(-1)).toMatchObject({ state: 'done', waitsFor: null });
  });

  it('is let go by a stop, which need not wait for it', async () => {
    await start(appSpec('web'));
    kit.rollOut(() => {});
    const begun = await kit.client.operate({ action: 'reload', targets: ['web'] });
    await until('it has begun', () => kit.hosts.get('web')!.commands.some((command) => command.type === 'rollout'));
    expect(texts(await kit.operate({ action: 'stop', targets: ['web'] }))).toEqual(['web:0 ok stopped']);
    const updates: OperationView[] = [];
    for await (const update of kit.client.watch(begun.id)) if (update.type === 'operation') updates.push(update.operation);
    expect(texts(updates.at(-1)!)).toEqual(['web:0 failed a later command stopped it']);
  });

  it('goes on where another instance is stopped, and its result is taken in', async () => {
    const { spec, point } = releaseFolders();
    await start(spec({ instances: 2 }));
    point('r2');
    kit.rollOut(() => {});
    const begun = await kit.client.operate({ action: 'reload', targets: ['0'] });
    await until('it has begun', () => kit.hosts.get('web')!.commands.some((command) => command.type === 'rollout'));
    expect(texts(await kit.operate({ action: 'stop', targets: ['1'] }))).toEqual(['web:1 ok stopped']);
    const updates: OperationView[] = [];
    for await (const update of kit.client.watch(begun.id)) if (update.type === 'operation') updates.push(update.operation);
    expect(texts(updates.at(-1)!)).toEqual(['web:0 failed it goes on, but a later command does not wait for it']);
    kit.hosts.get('web')!.rollout('web').succeed();
    await until('it is taken in', async () => (await view()).releases.some((one) => one.number === 2 && one.current));
    expect((await view()).instances.map((one) => one.status)).toEqual(['online', 'stopped']);
    expect(kit.hosts.get('web')!.commands.at(-1)!.type).not.toBe('start');
  });

  it('is let go by a stop also where the host has not answered yet', async () => {
    await start(appSpec('web'));
    kit.hosts.get('web')!.freeze();
    const begun = await kit.client.operate({ action: 'reload', targets: ['web'] });
    await until('it was sent', () => kit.hosts.get('web')!.commands.some((command) => command.type === 'rollout'));
    const stopping = kit.operate({ action: 'stop', targets: ['web'] });
    await until('the stop was sent too', () => kit.hosts.get('web')!.commands.some((command) => command.type === 'stop'));
    kit.hosts.get('web')!.thaw();
    expect(texts(await stopping)).toEqual(['web:0 ok stopped']);
    const updates: OperationView[] = [];
    for await (const update of kit.client.watch(begun.id)) if (update.type === 'operation') updates.push(update.operation);
    expect(texts(updates.at(-1)!)).toEqual(['web:0 failed a later command stopped it']);
  });
});

describe('apply to apps that are there', () => {
  it('brings a new spec by a rollout, in its slots, and new ones beside them', async () => {
    await start(appSpec('web', { instances: 2 }));
    const operation = await applyAgain(appSpec('web', { instances: 3, env: { PATH: '/bin' } }));
    expect(texts(operation)).toEqual(['web:0 ok reloaded: pid N -> N', 'web:1 ok reloaded: pid N -> N', 'web:2 ok online']);
    const { command } = kit.hosts.get('web')!.rollout('web');
    expect(command).toMatchObject({
      cause: 'config',
      replace: [0, 1],
      release: { number: 2, spec: { env: { PATH: '/bin' }, instances: 3 } },
    });
    expect((await view()).spec).toMatchObject({ instances: 3, env: { PATH: '/bin' } });
    await applyAgain(appSpec('web', { instances: 1, env: { PATH: '/bin' } }));
    expect(kit.hosts.get('web')!.rollout('web').command).toMatchObject({ slots: [{ slot: 0, id: 0 }], release: { number: 2 } });
    expect((await view()).instances.map((one) => one.id)).toEqual([0]);
    await applyAgain(appSpec('web', { instances: 1, env: { PATH: '/bin' } }));
    expect(kit.hosts.get('web')!.rollout('web').command).toMatchObject({ cause: 'reload', release: { number: 2 } });
  });

  it('starts what is not there', async () => {
    live();
    expect(texts(await applyAgain(appSpec('web')))).toEqual(['web:0 ok online']);
  });

  it('keeps the old spec and the old slots where it fails', async () => {
    await start(appSpec('web'));
    kit.rollOut((rollout) => rollout.fail());
    const operation = await applyAgain(appSpec('web', { instances: 3, env: { PATH: '/bin' } }));
    expect(texts(operation)).toEqual(['web:0 failed as before: pid N', 'web:1 failed not running', 'web:2 failed not running']);
    expect((await view()).spec).toEqual(appSpec('web'));
    expect((await view()).instances).toHaveLength(1);
  });

  it('restarts where the mode or the host changes, and says which', async () => {
    await start(appSpec('web'));
    const other = await applyAgain(appSpec('web', { mode: 'fork' }));
    expect(other.warnings).toEqual(['web is restarted, not reloaded: its mode changes from cluster to fork.']);
    const moved = await applyAgain(appSpec('web', { mode: 'fork', host: 'shared' }));
    expect(moved.warnings).toEqual(['web is restarted, not reloaded: its host changes from web to shared.']);
    expect([other, moved].flatMap(texts)).toEqual(['web:0 ok online', 'web:0 ok online']);
  });

  it('refuses a script that is not there', async () => {
    const refused = kit.client.operate({ action: 'apply', specs: [appSpec('web', { script: '/no/such.js' })], existing: 'reload' });
    await expect(refused).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: 'Cannot start web: its script /no/such.js is not there.',
    });
  });
});

describe('releases', () => {
  it('are numbered when the files or the settings are others, and only then', async () => {
    const { spec, point, current } = releaseFolders();
    await start(spec({ instances: 2 }));
    await reload('web');
    await kit.operate({ action: 'restart', targets: ['web'] });
    await kit.operate({ action: 'scale', app: 'web', count: 1 });
    await applyAgain(spec({ instances: 3 }));
    expect((await view()).releases.map((one) => one.number)).toEqual([1]);
    point('r2');
    await reload('web');
    await applyAgain(spec({ args: ['--fast'] }));
    const folder = path.dirname(current);
    expect((await view()).releases).toMatchObject([
      { number: 1, cwd: `${folder}/r1`, script: `${folder}/r1/app.js`, current: false },
      { number: 2, cwd: `${folder}/r2`, script: `${folder}/r2/app.js`, current: false },
      { number: 3, cwd: `${folder}/r2`, current: true },
    ]);
    expect((await view()).spec).toMatchObject({ cwd: current });
  });

  it('are made by restart, and by start where nothing runs, before the launch', async () => {
    const { spec, point } = releaseFolders();
    await start(spec({ instances: 2 }));
    point('r2');
    await kit.operate({ action: 'restart', targets: ['0'] });
    const host = kit.hosts.get('web')!;
    expect([host.instance('web', 0).row.release, host.instance('web', 1).row.release]).toEqual([2, 1]);
    point('r3');
    await kit.operate({ action: 'stop', targets: ['0'] });
    await kit.operate({ action: 'start', targets: ['0'] });
    expect(host.instance('web', 0).row.release).toBe(2);
    await kit.operate({ action: 'stop', targets: ['web'] });
    await kit.operate({ action: 'start', targets: ['0'] });
    expect(host.instance('web', 0).row.release).toBe(3);
    expect((await view()).releases.map((one) => [one.number, one.current])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
  });

  it('are five at most, the oldest goes first', async () => {
    const { spec, point } = releaseFolders();
    await start(spec());
    for (const name of ['r2', 'r3', 'r4', 'r5', 'r6', 'r7']) {
      point(name);
      await reload('web');
    }
    expect((await view()).releases.map((one) => one.number)).toEqual([3, 4, 5, 6, 7]);
  });

  it('are healthy when a rollout to them was done, or an instance has lived for min_uptime', async () => {
    const { spec, point } = releaseFolders();
    await start(spec());
    expect((await view()).releases).toMatchObject([{ healthy: false }]);
    kit.hosts.get('web')!.instance('web', 0).say({ healthy: true }, { kind: 'healthy', aliveMs: 1000 });
    await until('it is known', async () => (await view()).releases[0]!.healthy);
    point('r2');
    await reload('web');
    point('r3');
    await kit.operate({ action: 'restart', targets: ['web'] });
    expect((await view()).releases.map((one) => one.healthy)).toEqual([true, true, false]);
  });
});

describe('rollback', () => {
  const healthy = (): void => kit.hosts.get('web')!.instance('web', 0).say({ healthy: true });
  const rollback = (differs: { readonly to?: number } = {}): Promise<OperationView> =>
    kit.operate({ action: 'rollback', app: 'web', ...differs });

  it('returns to the latest earlier release that was healthy, and forgets those after it', async () => {
    const { spec, point, current } = releaseFolders();
    await start(spec({ instances: 2 }));
    healthy();
    point('r2');
    await kit.operate({ action: 'restart', targets: ['web'] });
    point('r3');
    await applyAgain(spec({ instances: 3, args: ['--new'] }));
    const operation = await rollback();
    expect(texts(operation)).toEqual([0, 1, 2].map((slot) => `web:${slot} ok rolled back: pid N -> N`));
    const { command } = kit.hosts.get('web')!.rollout('web');
    expect(command).toMatchObject({ cause: 'rollback', replace: [0, 1, 2], release: { number: 1, cwd: `${path.dirname(current)}/r1` } });
    expect(command.release.spec).toMatchObject({ args: [], instances: 3 });
    expect((await view()).releases).toMatchObject([{ number: 1, current: true, healthy: true }]);
    await reload('web');
    expect((await view()).releases.map((one) => one.number)).toEqual([1, 4]);
  });

  it('returns to the release that is asked for, healthy or not', async () => {
    const { spec, point } = releaseFolders();
    await start(spec());
    for (const name of ['r2', 'r3']) {
      point(name);
      await kit.operate({ action: 'restart', targets: ['web'] });
    }
    await rollback({ to: 2 });
    expect((await view()).releases.map((one) => [one.number, one.current])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('leaves all as it was where it fails', async () => {
    const { spec, point } = releaseFolders();
    await start(spec());
    point('r2');
    await reload('web');
    kit.rollOut((rollout) => rollout.fail());
    expect((await rollback({ to: 1 })).error).toBe('deploy failed: crashed: exited with code [1]');
    expect((await view()).releases.map((one) => [one.number, one.current])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('restarts where the mode was another', async () => {
    await start(appSpec('web', { mode: 'fork', minUptimeMs: 0 }));
    await applyAgain(appSpec('web'));
    const operation = await rollback({ to: 1 });
    expect(operation.warnings).toEqual(['web is restarted, not reloaded: its mode changes from cluster to fork.']);
    expect(await view()).toMatchObject({ mode: 'fork', releases: [{ number: 1, current: true }] });
  });

  it('is refused where there is nothing to return to, with what there is', async () => {
    const { spec, point, current } = releaseFolders();
    await start(spec());
    const refusal = (to?: number): Promise<unknown> =>
      kit.client.operate({ action: 'rollback', app: 'web', ...(to === undefined ? {} : { to }) }).then(
        () => null,
        (error: { code: string; message: string; hint: string }) => `${error.code} ${error.message} ${error.hint}`,
      );
    expect(await refusal()).toBe('NOTHING_TO_DO Cannot roll back web: there is no earlier release. holdfast describe web');
    expect(await refusal(1)).toBe('NOTHING_TO_DO Cannot roll back web to release 1: that is the current one. holdfast describe web');
    expect(await refusal(7)).toBe('TARGET_NOT_FOUND Cannot roll back web to release 7: there is no earlier one. holdfast describe web');
    point('r2');
    await kit.operate({ action: 'restart', targets: ['web'] });
    point('r3');
    await kit.operate({ action: 'restart', targets: ['web'] });
    expect(await refusal()).toBe('NOTHING_TO_DO Cannot roll back web: no earlier release was healthy. holdfast rollback web --to 2');
    expect(await refusal(7)).toBe('TARGET_NOT_FOUND Cannot roll back web to release 7: known are 1, 2. holdfast describe web');
    const first = path.join(path.dirname(current), 'r1');
    fs.rmSync(first, { recursive: true });
    expect(await refusal(1)).toBe(`CONFIG_NOT_FOUND Cannot roll back web to release 1: ${first} is gone. holdfast rollback web --to 2`);
    await expect(kit.client.operate({ action: 'rollback', app: 'wep' })).rejects.toMatchObject({
      message: 'Cannot roll back wep: no app is called that (did you mean web?).',
    });
  });
});

describe('scale', () => {
  it('is a rollout where a host runs the app, all at the same time', async () => {
    await start(appSpec('web', { instances: 2 }));
    expect(texts(await kit.operate({ action: 'scale', app: 'web', count: 4 }))).toEqual(['web:2 ok online', 'web:3 ok online']);
    expect(kit.hosts.get('web')!.rollout('web').command).toMatchObject({
      cause: 'scale',
      replace: [],
      parallel: 2,
      release: { number: 1 },
    });
    expect(texts(await kit.operate({ action: 'scale', app: 'web', count: 1 }))).toEqual([1, 2, 3].map((slot) => `web:${slot} ok deleted`));
    expect((await view()).spec!.instances).toBe(1);
  });

  it.each(['stop', 'restart'] as const)('that takes an instance away just before %s comes keeps it from nothing', async (action) => {
    await start(appSpec('web', { instances: 2 }));
    kit.rollOut(() => {});
    await kit.client.operate({ action: 'scale', app: 'web', count: 1 });
    const host = kit.hosts.get('web')!;
    await until('it has begun', () => host.commands.some((command) => command.type === 'rollout'));
    host.freeze();
    const stopping = kit.operate({ action: 'stop', targets: ['web'] });
    await until('the stop was sent', () => host.commands.some((command) => command.type === 'stop'));
    host.rollout('web').succeed();
    await until('the end is known', async () => (await view()).rollout?.phase === 'done');
    const next = kit.operate({ action, targets: ['web'] });
    host.thaw();
    expect(texts(await stopping)).toEqual(['web:0 ok stopped', 'web:1 ok stopped']);
    expect(texts(await next)).toEqual([`web:0 ok ${action === 'stop' ? 'stopped' : 'online'}`]);
  });

  it('shows what it adds with the app while it runs', async () => {
    await start(appSpec('web'));
    kit.rollOut((rollout) => rollout.replace(1));
    const { id } = await kit.client.operate({ action: 'scale', app: 'web', count: 3 });
    await until('one more is there', async () => (await view()).instances.length === 2);
    expect((await kit.client.apps({ targets: ['0'] })).apps[0]!.instances).toHaveLength(2);
    kit.hosts.get('web')!.rollout('web').succeed();
    for await (const update of kit.client.watch(id)) if (update.type === 'operation') expect(update.operation.error).toBeNull();
  });

  it('that fails takes what it has added off the list again', async () => {
    await start(appSpec('web'));
    await saved();
    const before = stateText();
    kit.rollOut((rollout) => {
      rollout.replace(1);
      rollout.fail();
    });
    expect(texts(await kit.operate({ action: 'scale', app: 'web', count: 3 }))).toEqual([
      'web:1 failed not running',
      'web:2 failed not running',
    ]);
    expect((await view()).instances.map((one) => one.slot)).toEqual([0]);
    expect(stateText()).toBe(before);
  });
});

describe('a deploy that failed', () => {
  const alerts = async (): Promise<string[]> => (await kit.client.apps()).alerts.map((alert) => alert.text);
  const FAILED = 'deploy failed (reload): crashed: exited with code [1]; the old version goes on';
  beforeEach(async () => {
    await start(appSpec('web'));
    kit.rollOut((rollout) => rollout.fail());
    await reload('web');
    kit.rollOut((rollout) => rollout.succeed());
  });

  it('stands under the list until one succeeds', async () => {
    expect(await alerts()).toEqual([FAILED]);
    expect((await view()).rollout).toMatchObject({ phase: 'failed', failure: { lines: ['oh no'] } });
    await reload('web');
    expect(await alerts()).toEqual([]);
  });

  it('is none where a command took it over: who gave it knows', async () => {
    kit.rollOut((rollout) => rollout.fail({ reason: 'taken-over', text: 'a stop was asked for meanwhile' }));
    expect((await reload('web')).error).toBe('deploy failed: taken-over: a stop was asked for meanwhile');
    expect(await alerts()).toEqual([]);
  });

  it.each(['restart', 'reset'] as const)('or until %s', async (action) => {
    await kit.operate({ action, targets: ['web'] });
    expect(await alerts()).toEqual([]);
  });

  it('is remembered by a daemon that comes back, and so is that somebody has dealt with it', async () => {
    await kit.leave();
    await kit.start();
    expect(await alerts()).toEqual([FAILED]);
    await kit.operate({ action: 'reset', targets: ['web'] });
    await kit.leave();
    await kit.start();
    expect(await alerts()).toEqual([]);
  });

  it('is not dealt with by a restart that fails', async () => {
    kit.behave((instance) => instance.crash());
    await kit.operate({ action: 'restart', targets: ['web'] });
    expect(await alerts()).toEqual([FAILED]);
  });
});

describe('a daemon that is killed while a rollout runs', () => {
  const begin = async (request: Parameters<typeof kit.client.operate>[0]): Promise<void> => {
    kit.rollOut(() => {});
    await kit.client.operate(request);
    await until('it has begun', () => kit.hosts.get('web')!.commands.some((command) => command.type === 'rollout'));
  };
  const rollout = (): ReturnType<NonNullable<ReturnType<typeof kit.hosts.get>>['rollout']> => kit.hosts.get('web')!.rollout('web');
  const commandsSince = (count: number): string[] =>
    kit.hosts
      .get('web')!
      .commands.slice(count)
      .map((command) => command.type)
      .filter((type) => !['hello', 'ack', 'goodbye', 'follow', 'tail', 'self-reports'].includes(type));

  it('shows it when it comes back, touches nothing, and takes the result in when it ends', async () => {
    const { spec, point } = releaseFolders();
    await start(spec({ instances: 2 }));
    point('r2');
    await begin({ action: 'reload', targets: ['web'] });
    await kit.leave();
    const { length } = kit.hosts.get('web')!.commands;
    await kit.start();
    expect((await view()).rollout).toMatchObject({ phase: 'running', release: 2 });
    expect((await view()).releases.map((one) => one.number)).toEqual([1]);
    rollout().succeed();
    await until('it is taken in', async () => (await view()).releases.some((one) => one.number === 2 && one.current));
    expect(commandsSince(length)).toEqual([]);
    await until('it is on disk', () => stateText().includes('"lastRelease": 2'));
  });

  it('has what is asked of the app wait for its end, and says for what', async () => {
    await start(appSpec('web'));
    await begin({ action: 'reload', targets: ['web'] });
    await kit.leave();
    await kit.start();
    const restart = await kit.client.operate({ action: 'restart', targets: ['web'] });
    expect(restart.waitsFor).toBe('reload of web');
    rollout().fail();
    const updates = [];
    for await (const update of kit.client.watch(restart.id)) updates.push(update);
    expect(updates.at(-1)).toMatchObject({ operation: { state: 'done' } });
  });

  it('lets a stop overtake it', async () => {
    await start(appSpec('web'));
    await begin({ action: 'reload', targets: ['web'] });
    await kit.leave();
    await kit.start();
    expect(texts(await kit.operate({ action: 'stop', targets: ['web'] }))).toEqual(['web:0 ok stopped']);
  });

  it.each([
    ['grown', 3],
    ['shrunk', 1],
  ] as const)('takes in that it has %s, though it ended while no daemon was there', async (_, count) => {
    await start(appSpec('web', { instances: 2 }));
    await begin({ action: 'scale', app: 'web', count });
    await kit.leave();
    rollout().succeed();
    const { length } = kit.hosts.get('web')!.commands;
    await kit.start();
    await until('it is taken in', async () => (await view()).spec!.instances === count);
    expect((await view()).instances.map((one) => one.id)).toEqual([0, 1, 2].slice(0, count));
    expect(commandsSince(length)).toEqual([]);
  });

  it.each([
    ['while no daemon is there', true],
    ['afterwards', false],
  ] as const)('keeps the old where it fails %s', async (_, isEarly) => {
    const { spec, point } = releaseFolders();
    await start(spec());
    await saved();
    const before = stateText();
    point('r2');
    await begin({ action: 'apply', specs: [spec({ instances: 2 })], existing: 'reload' });
    await kit.leave();
    if (isEarly) rollout().fail();
    const { length } = kit.hosts.get('web')!.commands;
    await kit.start();
    if (!isEarly) rollout().fail();
    await until('it is known', async () => (await view()).rollout?.phase === 'failed');
    expect((await view()).releases.map((one) => one.number)).toEqual([1]);
    expect((await view()).instances).toHaveLength(1);
    expect(commandsSince(length)).toEqual([]);
    expect(stateText()).toBe(before);
  });

  it('is a failure that is told where the host dies instead', async () => {
    await start(appSpec('web'));
    await begin({ action: 'reload', targets: ['web'] });
    const waiting = kit.operate({ action: 'reload', targets: ['web'] });
    await kit.hosts.get('web')!.die();
    const operation = await waiting;
    expect(operation.warnings[0]).toMatch(/^web is restarted, not reloaded: its host died/);
    const [first] = (await kit.client.apps()).apps;
    expect(first!.instances[0]!.status).toBe('online');
  });
});

describe('the plan of a rollout', () => {
  const plan = (request: Parameters<typeof kit.client.plan>[0]): ReturnType<typeof kit.client.plan> => kit.client.plan(request);
  const ONE_BY_ONE = ['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop'];

  it('says wave by wave what would be done, and nothing is', async () => {
    await start(appSpec('web', { instances: 3 }));
    const before = kit.hosts.get('web')!.commands.length;
    expect(await plan({ action: 'reload', targets: ['web'], parallel: 2 })).toEqual({
      plans: [
        {
          app: 'web',
          cause: 'reload',
          overlap: 'balanced',
          waves: [
            [
              { slot: 0, actions: ONE_BY_ONE },
              { slot: 1, actions: ONE_BY_ONE },
            ],
            [{ slot: 2, actions: ONE_BY_ONE }],
          ],
        },
      ],
      notes: [],
    });
    const scaled = await plan({ action: 'scale', app: 'web', count: 1 });
    expect(scaled.plans[0]!.waves).toEqual([[1, 2].map((slot) => ({ slot, actions: ['leave', 'drain', 'stop'] }))]);
    expect((await plan({ action: 'scale', app: 'web', count: 4 })).plans[0]!.waves).toEqual([
      [{ slot: 3, actions: ['start', 'await-ready', 'join'] }],
    ]);
    const commands = kit.hosts
      .get('web')!
      .commands.slice(before)
      .map((command) => command.type);
    expect(commands.filter((type) => type !== 'ack' && type !== 'tail')).toEqual([]);
    await applyAgain(appSpec('next'));
    expect((await view('next')).instances[0]!.id).toBe(3);
  });

  it('says what would happen besides', async () => {
    await start(appSpec('web'), appSpec('job', { mode: 'fork', minUptimeMs: 0 }));
    const specs = [appSpec('web', { mode: 'fork' }), appSpec('new'), appSpec('job', { mode: 'fork' })];
    const { plans, notes } = await plan({ action: 'apply', specs, existing: 'reload' });
    expect(notes).toEqual([
      'web is restarted, not reloaded: its mode changes from cluster to fork.',
      'new is not in the list: it is started.',
    ]);
    expect(plans).toMatchObject([{ app: 'job', cause: 'config', overlap: 'listens-not' }]);
    expect((await plan({ action: 'apply', specs: [appSpec('web')], existing: 'restart' })).notes).toEqual(['web is restarted.']);
  });

  it('refuses what the operation would refuse, and what is no rollout', async () => {
    await start(appSpec('web'));
    await expect(plan({ action: 'reload', targets: ['nobody'] })).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
    await expect(plan({ action: 'rollback', app: 'web' })).rejects.toMatchObject({ code: 'NOTHING_TO_DO' });
    await expect(plan({ action: 'scale', app: 'web', count: 1 })).rejects.toMatchObject({ code: 'NOTHING_TO_DO' });
    await expect(plan({ action: 'stop', targets: ['web'] })).rejects.toMatchObject({
      code: 'USAGE',
      message: 'Cannot plan stop: only apply, reload, rollback and scale roll something out.',
    });
  });
});

// The daemon is killed, or leaves, at every bad moment: apps go on, and who comes back knows all of it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const DAEMON = 'holdfast: daemon';
const daemons = (): number[] =>
  site
    .processes()
    .filter(({ command }) => command === DAEMON)
    .map(({ pid }) => pid);
const appProcesses = (script: string): number[] =>
  site
    .processes()
    .filter(({ command }) => command.endsWith(script))
    .map(({ pid }) => pid);
const texts = (app?: string): string[] => site.events(app).map(({ text }) => text);

async function start(...apps: object[]): Promise<void> {
  const result = await site.run('start', site.ecosystem(...apps));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

/** Kills the daemon and returns its pid; it is dead when this resolves. */
async function killDaemon(): Promise<number> {
  const [pid] = await waitFor('a daemon', () => (daemons().length > 0 ? daemons() : null));
  process.kill(pid!, 'SIGKILL');
  await waitFor('its end', () => !isAlive(pid!));
  return pid!;
}

describe('a daemon that is killed with -9', () => {
  it('is brought back by a host without being asked for, and by one of several exactly once', async () => {
    const apps = ['a', 'b', 'c'].map((name) => ({ name, script: fixture('idle.cjs'), instances: 1, listen_timeout: 50 }));
    await start(...apps);
    await killDaemon();
    await waitFor('another', () => daemons().length > 0);
    expect((await site.instances('a'))[0]).toMatchObject({ status: 'online' });
    await waitFor('those that lost to be gone', () => daemons().length === 1);
    expect((await site.manager()).hosts.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
    const started = texts().filter((text) => /^daemon .* started/.test(text));
    expect(started).toHaveLength(2);
    expect(started.at(-1)).toMatch(/3 running instances adopted/);
  });

  it('is no obstacle to a command that is typed at that very moment', async () => {
    await start({ name: 'a', script: fixture('idle.cjs') }, { name: 'b', script: fixture('idle.cjs'), instances: 1, listen_timeout: 50 });
    for (let round = 0; round < 8; round += 1) {
      await killDaemon();
      const results = await Promise.all([site.run('ls'), site.run('ping')]);
      expect(results.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(['0 ', '0 ']);
    }
    // Those that come too late find the lock taken and end by themselves.
    await waitFor('one daemon to be left', () => daemons().length === 1);
  });

  it('is brought back by the next command where no host runs', async () => {
    expect(await site.run('ping')).toMatchObject({ code: 0 });
    await killDaemon();
    expect(await site.run('ls')).toMatchObject({ code: 0 });
    expect(daemons()).toHaveLength(1);
  });

  it('keeps ids, pids, restart counts, goals and the order of the list', async () => {
    await start(
      { name: 'crashed', script: fixture('idle.cjs') },
      { name: 'stopped', script: fixture('idle.cjs') },
      { name: 'errored', script: fixture('idle.cjs'), max_restarts: 0 },
      { name: 'web', script: fixture('idle.cjs'), instances: 2, listen_timeout: 50 },
    );
    const pidOf = async (app: string): Promise<number> => (await site.instances(app))[0]!.pid!;
    process.kill(await pidOf('crashed'), 'SIGKILL');
    process.kill(await pidOf('errored'), 'SIGKILL');
    await site.run('stop', 'stopped');
    const seen = async () =>
      (await site.apps()).apps.flatMap(({ name, instances }) =>
        instances.map(({ id, slot, pid, restarts, status, tally, startedAt }) => ({
          name,
          id,
          slot,
          pid,
          restarts,
          status,
          tally,
          startedAt,
        })),
      );
    await waitFor('all to be as planned', async () => {
      const all = await seen();
      return all.map(({ status }) => status).join() === 'online,stopped,errored,online,online' && all[0]!.restarts === 1;
    });
    const before = await seen();
    for (let round = 0; round < 3; round += 1) {
      const dead = await killDaemon();
      await waitFor('another', () => daemons().some((pid) => pid !== dead));
      expect(await seen()).toEqual(before);
    }
    expect((await site.apps()).alerts).toMatchObject([{ app: 'errored', slot: 0 }]);
    expect(await site.run('start', 'stopped')).toMatchObject({ code: 0 });
  });

  it('loses no event of the time without it: each is in daemon.log once, with its own time', async () => {
    await site.run(
      'start',
      site.ecosystem({
        name: 'app',
        script: fixture('exits.cjs'),
        env: { AFTER_MS: '150' },
        min_uptime: 1,
        max_restarts: 1000,
        autorestart: true,
      }),
    );
    const [host] = site.processes().filter(({ command }) => command.startsWith('holdfast: host'));
    const dead = await killDaemon();
    const from = Date.now();
    // The next daemon is kept out until the app has crashed a few times: its lock has an owner that lives.
    expect(host).toBeDefined();
    const owner = fs
      .readFileSync(`/proc/${host!.pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
    fs.writeFileSync(
      path.join(site.home, 'daemon.lock'),
      JSON.stringify({ pid: host!.pid, startTime: owner, bootId: fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() }),
    );
    const out = path.join(site.home, 'logs/app-out.log');
    expect(fs.existsSync(out)).toBe(true);
    const launches = new Set<number>();
    await waitFor('five runs without a daemon', () => {
      for (const pid of appProcesses('exits.cjs')) launches.add(pid);
      return launches.size >= 5;
    });
    const until = Date.now();
    expect(daemons().filter((pid) => pid !== dead)).toEqual([]);
    fs.rmSync(path.join(site.home, 'daemon.lock'));
    await site.run('stop', 'app');
    const missed = site.events('app').filter(({ at }) => at >= from && at <= until);
    for (const pid of [...launches].slice(1, 4)) {
      expect(missed.filter(({ text }) => text === `started (pid ${pid})`)).toHaveLength(1);
      expect(missed.filter(({ text }) => text.includes(`exited with code [1] (pid ${pid}`))).toHaveLength(1);
    }
    expect(missed.map(({ at }) => at)).toEqual(missed.map(({ at }) => at).sort((a, b) => a - b));
  });

  it('doubles and loses nothing though it is killed again and again while apps crash', { timeout: 120_000 }, async () => {
    await site.run(
      'start',
      site.ecosystem({
        name: 'app',
        script: fixture('exits.cjs'),
        env: { AFTER_MS: '60' },
        instances: 2,
        exec_mode: 'fork',
        min_uptime: 1,
        max_restarts: 10_000,
        autorestart: true,
      }),
    );
    for (let round = 0; round < 12; round += 1) {
      const dead = await killDaemon();
      await waitFor('another', () => daemons().some((pid) => pid !== dead));
      await waitFor('events of its time', () => texts().filter((text) => /^daemon .* started/.test(text)).length === round + 2);
    }
    await site.run('stop', 'app');
    const lines = site.events('app').filter(({ text }) => /^(started|exited)/.test(text));
    const started = lines.flatMap(({ text }) => /^started \(pid (\d+)\)/.exec(text)?.[1] ?? []);
    const exited = lines.flatMap(({ text }) => /^exited .*\(pid (\d+)/.exec(text)?.[1] ?? []);
    expect(started.length).toBeGreaterThan(20);
    expect({ twiceStarted: started.length - new Set(started).size, twiceExited: exited.length - new Set(exited).size }).toEqual({
      twiceStarted: 0,
      twiceExited: 0,
    });
    expect(new Set(exited)).toEqual(new Set(started));
    const [one, two] = await site.instances('app');
    expect(one!.restarts + two!.restarts).toBe(started.length - 2);
  });

  it.each([0, 5, 15, 40, 80, 150, 300, 600])(
    'carries a start to its end when it dies %d ms after the command: nothing is doubled or half there',
    async (delayMs) => {
      await start({ name: 'first', script: fixture('idle.cjs') });
      const config = site.ecosystem(
        { name: 'second', script: fixture('idle.cjs'), instances: 3, exec_mode: 'fork' },
        { name: 'third', script: fixture('idle.cjs') },
      );
      const [daemon] = daemons();
      const starting = site.run('start', config);
      // The CLI needs its time to load; what happens in the daemon begins with its first write.
      await waitFor(
        'the list to be written, or the command to be over',
        async () => fs.readFileSync(path.join(site.home, 'state.json'), 'utf8').includes('"second"'),
        { everyMs: 2 },
      );
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      process.kill(daemon!, 'SIGKILL');
      await starting;
      await waitFor('all that was accepted to run', async () => {
        const { apps } = await site.apps();
        const states = apps.flatMap(({ instances }) => instances.map(({ app, slot, status }) => `${app}:${slot} ${status}`));
        return states.join() === 'first:0 online,second:0 online,second:1 online,second:2 online,third:0 online' ? true : states.join();
      }).then((answer) => expect(answer).toBe(true));
      expect(appProcesses('idle.cjs')).toHaveLength(5);
      expect((await site.apps()).apps.flatMap(({ instances }) => instances.map(({ id }) => id))).toEqual([0, 1, 2, 3, 4]);
    },
  );

  it.each(['stop', 'delete', 'restart', 'scale'])('carries %s to its end, or leaves all as it was', async (command) => {
    await start({ name: 'app', script: fixture('ignores-sigint.cjs'), kill_timeout: 500, instances: 2, exec_mode: 'fork' });
    await waitFor('both to be up', async () => (await site.logs('app')).filter(({ text }) => text === 'up').length === 2);
    const before = (await site.instances('app')).map(({ pid }) => pid);
    const state = fs.readFileSync(path.join(site.home, 'state.json'), 'utf8');
    const [daemon] = daemons();
    const running = site.run(command, 'app', ...(command === 'scale' ? ['1'] : []));
    // The list has the end of a restart from the beginning, and that of a scale only when it is reached.
    if (command === 'restart' || command === 'scale')
      await waitFor('the signal', () => texts('app').some((text) => text.startsWith('stopping')));
    else
      await waitFor('the list to be written', () => fs.readFileSync(path.join(site.home, 'state.json'), 'utf8') !== state, { everyMs: 1 });
    process.kill(daemon!, 'SIGKILL');
    expect((await running).code).toBe(1);
    const wanted = { stop: 'stopped,stopped', delete: '', restart: 'online,online', scale: 'online' }[command];
    await waitFor(`it to be ${wanted}`, async () => (await site.instances('app')).map(({ status }) => status).join() === wanted);
    await waitFor(
      'no more processes than that',
      () => appProcesses('ignores-sigint.cjs').length === { stop: 0, delete: 0, restart: 2, scale: 1 }[command],
    );
    const after = (await site.instances('app')).map(({ pid }) => pid);
    if (command === 'scale') expect(after).toEqual(before.slice(0, 1));
    if (command === 'restart') expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  });
});

describe('SIGTERM to the daemon', () => {
  it('is a goodbye: apps stay, no host brings it back, the next command does and adopts', async () => {
    await start(
      { name: 'app', script: fixture('idle.cjs'), instances: 2, listen_timeout: 50 },
      { name: 'job', script: fixture('idle.cjs') },
    );
    const before = appProcesses('idle.cjs').sort();
    const [daemon] = daemons();
    process.kill(daemon!, 'SIGTERM');
    await waitFor('its end', () => !isAlive(daemon!));
    expect(texts().at(-1)).toBe('daemon leaving, apps stay');
    expect(fs.existsSync(path.join(site.home, 'daemon.sock'))).toBe(false);
    expect(fs.existsSync(path.join(site.home, 'daemon.lock'))).toBe(false);
    // Hosts that wanted it back would have it long before an instance that is killed now runs again.
    process.kill(before[0]!, 'SIGKILL');
    await waitFor('the restart of what was killed', () => appProcesses('idle.cjs').some((pid) => !before.includes(pid)));
    expect(daemons()).toEqual([]);
    const instances = [...(await site.instances('app')), ...(await site.instances('job'))];
    expect(instances.map(({ status }) => status)).toEqual(['online', 'online', 'online']);
    expect(instances.map(({ pid }) => pid).filter((pid) => before.includes(pid!))).toHaveLength(2);
    expect(texts().findLast((text) => /^daemon .* started/.test(text))).toMatch(/3 running instances adopted/);
  });
});

describe('two daemons at once', () => {
  it('do not exist: of twenty that are started together one wins, and all hosts talk to it', async () => {
    const running = Array.from(
      { length: 20 },
      () =>
        new Promise<number | null>((resolve) => {
          spawn(process.execPath, [path.join(ROOT, 'dist/daemon.cjs'), site.home], { env: site.env, stdio: 'ignore', detached: true })
            .once('exit', resolve)
            .unref();
        }),
    );
    await waitFor('nineteen to give up', async () => {
      const ended = await Promise.all(running.map((one) => Promise.race([one, Promise.resolve('runs' as const)])));
      return ended.filter((one) => one === 0).length === 19 && ended.filter((one) => one === 'runs').length === 1;
    });
    await start({ name: 'app', script: fixture('idle.cjs') });
    expect(daemons()).toHaveLength(1);
    expect((await site.manager()).daemon.pid).toBe(daemons()[0]);
  });
});

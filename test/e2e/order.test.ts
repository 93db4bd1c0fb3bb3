// depends_on with real processes: who waits for whom, what is said of it, and that it holds whoever dies meanwhile.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { runOnTerminal } from './kit/terminal.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const gate = (name: string): string => path.join(site.folder, `gate-${name}`);
/** Lets `db` be ready, and a job end with this code. */
const open = (name: string, code = ''): void => {
  fs.writeFileSync(`${gate(name)}.new`, code);
  fs.renameSync(`${gate(name)}.new`, gate(name));
};
// Nobody takes it for ready before it says so.
const db = (): object => ({ name: 'db', script: fixture('gated.cjs'), wait_ready: true, listen_timeout: '5m', env: { GATE: gate('db') } });
const migrate = (): object => ({ name: 'migrate', script: fixture('gated.cjs'), autorestart: false, env: { GATE: gate('migrate') } });
const api = (depends_on: unknown): object => ({ name: 'api', script: fixture('idle.cjs'), min_uptime: 1, depends_on });

const listed = async (): Promise<string> =>
  (await site.apps()).apps.flatMap(({ name, instances }) => instances.map(({ status }) => `${name} ${status}`)).join(', ');
const toBe = (wanted: string): Promise<unknown> =>
  waitFor(`the list to be ${wanted}`, async () => ((await listed()) === wanted ? true : null));
const processesOf = (script: string): number[] =>
  site
    .processes()
    .filter(({ command }) => command.endsWith(script))
    .map(({ pid }) => pid);
const daemons = (): number[] =>
  site
    .processes()
    .filter(({ command }) => command === 'holdfast: daemon')
    .map(({ pid }) => pid);
/** The apps in the order in which this was said of an instance of theirs. */
const orderOf = (what: RegExp, from = 0): string[] =>
  site
    .events()
    .slice(from)
    .flatMap(({ subject, text }) => (what.test(text) ? (/^App \[(\w+):0\]$/.exec(subject)?.[1] ?? []) : []));

async function killDaemon(): Promise<void> {
  const [pid] = await waitFor('a daemon', () => (daemons().length > 0 ? daemons() : null));
  process.kill(pid!, 'SIGKILL');
  await waitFor('its end', () => !isAlive(pid!));
}

describe('apps that depend on each other', () => {
  it('are started in order, and stopped, deleted and killed in reverse', async () => {
    const web = { name: 'web', script: fixture('idle.cjs'), depends_on: { api: 'started' } };
    const config = site.ecosystem(web, api({ db: 'ready', migrate: 'exited-ok' }), migrate(), db());
    const starting = site.run('start', config);
    await toBe('web waiting, api waiting, migrate online, db starting');
    open('db');
    await toBe('web waiting, api waiting, migrate online, db online');
    const table = (await runOnTerminal(site, {}, 'ls', '--no-color')).join('\n');
    expect(table).toMatch(/^waits {2}App \[api\] waits for migrate \(exited-ok\), which runs: .* of at most 10 min$/m);
    expect(table).toMatch(/^waits {2}App \[web\] waits for api \(started\), which waits itself: /m);
    const page = (await site.run('describe', 'api')).stdout;
    expect(page).toMatch(/waits for +│ migrate \(exited-ok\), which runs/);
    expect(page).toMatch(/depends_on +│ db \(ready\), migrate \(exited-ok\)/);
    expect(processesOf('idle.cjs')).toEqual([]);
    open('migrate', '0');
    const result = await starting;
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(result.stdout).toContain('App [api] waits for db (ready) and migrate (exited-ok) (at most 10 min)');
    expect(orderOf(/^started/).slice(2)).toEqual(['api', 'web']);

    for (const command of [['stop', 'all'], ['delete', 'all'], ['kill']]) {
      const from = site.events().length;
      expect(await site.run(...command)).toMatchObject({ code: 0 });
      // Each is told to stop when the one before has ended.
      expect(orderOf(/^stopping/, from)).toEqual(['web', 'api', 'db']);
      if (command[0] !== 'kill') expect((await site.run('start', config)).code).toBe(0);
    }
  });

  it('are not started where one fails: the exit code is 1, and the reason is told', async () => {
    const starting = site.run('start', site.ecosystem(api({ migrate: 'exited-ok' }), migrate()));
    await toBe('api waiting, migrate online');
    open('migrate', '3');
    const result = await starting;
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('Cannot start api:0: it depends on migrate (exited-ok), which ended with code [3].');
    expect(await listed()).toBe('api stopped, migrate stopped');
    expect(processesOf('idle.cjs')).toEqual([]);
    const again = await site.run('start', 'api');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('which ended with code [3]') as string });
  });

  it('are refused where they go round in a circle or name what is not there, all of it at once', async () => {
    const config = site.ecosystem(
      { name: 'a', script: fixture('idle.cjs'), depends_on: ['b'] },
      { name: 'b', script: fixture('idle.cjs'), depends_on: ['a', 'dbb'] },
      { name: 'db', script: fixture('idle.cjs') },
    );
    const result = await site.run('start', config);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('app a: depends_on goes round in a circle: a -> b -> a.');
    expect(result.stderr).toContain(
      'app b: depends_on names dbb, and no app of this file is called that; there are a, db. Did you mean db?',
    );
    expect((await site.apps()).apps).toEqual([]);
  });

  it('are reloaded in order too: a migration runs first, and where it fails the old version is left alone', async () => {
    const release = (number: number): string =>
      site.ecosystem(
        { ...migrate(), env: { GATE: gate(`migrate-${number}`) } },
        {
          name: 'api',
          script: fixture('idle.cjs'),
          exec_mode: 'cluster',
          listen_timeout: 50,
          args: String(number),
          depends_on: { migrate: 'exited-ok' },
        },
      );
    const pidOf = async (): Promise<number> => (await site.instances('api'))[0]!.pid!;
    open('migrate-1', '0');
    expect(await site.run('start', release(1))).toMatchObject({ code: 0 });
    const first = await pidOf();

    const second = site.run('reload', release(2));
    await toBe('migrate online, api online');
    expect(await pidOf()).toBe(first);
    open('migrate-2', '0');
    expect(await second).toMatchObject({ code: 0 });
    const renewed = await pidOf();
    expect(renewed).not.toBe(first);

    open('migrate-3', '3');
    const third = await site.run('reload', release(3));
    expect(third.code).toBe(1);
    expect(third.stderr).toContain('Cannot reload api:0: it depends on migrate (exited-ok), which ended with code [3].');
    expect(await pidOf()).toBe(renewed);
  });

  it('come back from what was saved in order', async () => {
    open('db');
    expect(await site.run('start', site.ecosystem(api(['db']), db()))).toMatchObject({ code: 0 });
    expect(await site.run('save')).toMatchObject({ code: 0 });
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    fs.rmSync(gate('db'));
    const resurrecting = site.run('resurrect');
    await toBe('api waiting, db starting');
    open('db');
    expect(await resurrecting).toMatchObject({ code: 0 });
    expect(await listed()).toBe('api online, db online');
  });
});

describe('the waiting', () => {
  it('goes on when the daemon is killed in the middle of it, as often as that happens', async () => {
    const starting = site.run('start', site.ecosystem(api(['db']), db()));
    await toBe('api waiting, db starting');
    const [before] = await waitFor('its process', () => (processesOf('gated.cjs').length > 0 ? processesOf('gated.cjs') : null));
    for (let round = 0; round < 3; round += 1) {
      await killDaemon();
      await toBe('api waiting, db starting');
      expect(processesOf('idle.cjs')).toEqual([]);
    }
    expect((await starting).code).toBe(1);
    open('db');
    await toBe('api online, db online');
    expect(processesOf('gated.cjs')).toEqual([before]);
    expect(processesOf('idle.cjs')).toHaveLength(1);
    expect(orderOf(/^started/)).toEqual(['db', 'api']);
  });

  it('is over for an app that is stopped meanwhile', async () => {
    const starting = site.run('start', site.ecosystem(api(['db']), db()));
    await toBe('api waiting, db starting');
    const stopping = site.run('stop', 'all');
    expect((await starting).code).toBe(1);
    expect(await stopping).toMatchObject({ code: 0 });
    open('db');
    expect(await listed()).toBe('api stopped, db stopped');
    expect(processesOf('idle.cjs')).toEqual([]);
  });

  it('keeps the order when everything is killed at once and comes back', async () => {
    open('db');
    expect(await site.run('start', site.ecosystem(api(['db']), db()))).toMatchObject({ code: 0 });
    fs.rmSync(gate('db'));
    const dead = site.processes().map(({ pid }) => pid);
    for (const pid of dead) process.kill(pid, 'SIGKILL');
    await waitFor('the end of all of it', () => dead.every((pid) => !isAlive(pid)));
    await toBe('api waiting, db starting');
    open('db');
    await toBe('api online, db online');
    expect(orderOf(/^started/)).toEqual(['db', 'api', 'db', 'api']);
  });
});

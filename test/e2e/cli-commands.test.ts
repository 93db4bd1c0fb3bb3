// Every command of the command line against a real daemon: what a user types, what comes of it, and how it ends. One site; the tests follow one another.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppsReply, InstanceView, ManagerView } from '../../src/model/view.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { runOnTerminal } from './kit/terminal.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeAll(() => {
  site = createSite();
  fs.copyFileSync(fixture('idle.cjs'), path.join(site.folder, 'job.js'));
  fs.copyFileSync(fixture('prints-environment.cjs'), path.join(site.folder, 'prints.js'));
  fs.copyFileSync(fixture('http-server.cjs'), path.join(site.folder, 'web.js'));
});
afterAll(() => site.dispose());

/** Runs a command that must end well, and without a word on standard error. */
async function good(...args: string[]): Promise<string> {
  const result = await site.run(...args);
  expect(result, args.join(' ')).toMatchObject({ code: 0, stderr: '' });
  return result.stdout;
}

/** Runs a command that must be refused: exit code 1, nothing on standard output, what and why, and what to type next. */
async function refused(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await site.run(...args);
  expect({ code, stdout }, args.join(' ')).toEqual({ code: 1, stdout: '' });
  expect(stderr, args.join(' ')).toMatch(/^\[holdfast\] Cannot .+[.?)]\n {2}Next: \S.*\n$/);
  return stderr;
}

const all = async (): Promise<readonly InstanceView[]> => (await site.apps()).apps.flatMap(({ instances }) => instances);
const pidsOf = async (app: string): Promise<readonly (number | null)[]> => (await site.instances(app)).map(({ pid }) => pid);
const statusesOf = async (app: string): Promise<readonly string[]> => (await site.instances(app)).map(({ status }) => status);
/** Each PM2 process as `jlist` has it. */
const jlist = async (): Promise<readonly { pid: number; name: string; pm_id: number; monit: object; pm2_env: Record<string, unknown> }[]> =>
  JSON.parse(await good('jlist')) as never;

describe('while there is no app', () => {
  it('ls says what to type, jlist is [], and every command on a target is refused with its own verb', async () => {
    expect((await runOnTerminal(site, {}, 'ls')).at(-1)).toBe('No apps in the list. Start one: holdfast start app.js');
    expect(await good('ls')).toMatch(/^┌.*┐\n│ id │ .*│\n└.*┘\nhost metrics \| .*\n$/);
    expect(await good('jlist')).toBe('[]');
    for (const verb of ['stop', 'restart', 'delete', 'reset']) expect(await refused(verb, 'all')).toContain(`Cannot ${verb} all`);
    expect(await refused('start', 'all')).toContain('Cannot start');
    expect(await refused('start', '7')).toContain('Cannot start');
    expect(await refused('describe', 'api')).toContain('Cannot show api');
    expect(await refused('logs', 'api')).toContain('Cannot show the logs of api');
    expect(await refused('scale', 'api', '2')).toContain('Cannot scale api');
    expect(await refused('save')).toContain('holdfast save --force');
    expect(await refused('resurrect')).toContain('there is no');
  });
});

describe('start', () => {
  it('starts a script under its name, with its arguments after --, and says where the logs are', async () => {
    const stdout = await good('start', 'prints.js', '--', '--port', '1', '-i', '3');
    expect(stdout).toMatch(/^\[holdfast\] prints: 1 instance online\n/);
    expect(stdout).toContain(`Logs: holdfast logs prints   (files in ${site.home}/logs)`);
    expect(stdout).toContain('holdfast save');
    const line = await waitFor('its output', async () => (await site.logs('prints')).find(({ stream }) => stream === 'out')?.text);
    const printed = JSON.parse(line) as { argv: string[]; cwd: string; env: Record<string, string> };
    expect(printed.argv.slice(1)).toEqual(['--port', '1', '-i', '3']);
    expect(printed.cwd).toBe(site.folder);
    expect(printed.env).toMatchObject({ NODE_APP_INSTANCE: '0', pm_id: '0' });
    expect(Object.keys(printed.env).filter((name) => /^(NODE_UNIQUE_ID|NODE_CHANNEL_FD|HOLDFAST_PRELOAD)$/.test(name))).toEqual([]);
  });

  it('starts several under a name of their own, balanced', async () => {
    site.env['PORT'] = '0';
    expect(await good('start', 'web.js', '-i', '2', '-n', 'api', '--namespace', 'shop', '--max-memory-restart', '500M')).toContain(
      'api: 2 instances online',
    );
    delete site.env['PORT'];
    expect((await site.instances('api')).map(({ id, slot, mode, namespace }) => ({ id, slot, mode, namespace }))).toEqual([
      { id: 1, slot: 0, mode: 'cluster', namespace: 'shop' },
      { id: 2, slot: 1, mode: 'cluster', namespace: 'shop' },
    ]);
  });

  it('starts the config of the folder where nothing is named, and options may stand before the command', async () => {
    const config = site.ecosystem({ name: 'job', script: 'job.js', namespace: 'shop' });
    await good('-s', 'start');
    expect(await statusesOf('job')).toEqual(['online']);
    fs.rmSync(config);
    expect(await refused('start')).toContain('there is no ecosystem.config file');
  });

  it('restarts what is known by name, id or all, and takes two words together', async () => {
    const before = await all();
    await good('start', 'api', '0');
    await good('start', 'all');
    for (const { id, restarts } of await all())
      expect(restarts, `id ${id}`).toBe(before.find((one) => one.id === id)!.restarts + (id === 3 ? 1 : 2));
  });

  it('refuses a script that runs already, and with -f gives it the new settings', async () => {
    expect(await refused('start', 'job.js')).toMatch(/already launched.*\n {2}Next: holdfast restart job/);
    await good('start', 'job.js', '-f', '--namespace', 'shop', '--max-restarts', '3');
    expect(await good('describe', 'job')).toMatch(/crash loop +│ 3 runs in a row/);
  });

  it('starts a stopped app by its script again', async () => {
    await good('stop', 'job');
    await good('start', 'job.js', '--namespace', 'shop');
    expect(await statusesOf('job')).toEqual(['online']);
  });

  it('asks for the app that was probably meant', async () => {
    expect(await refused('start', 'prinst')).toMatch(/Did you mean .*prints/);
  });

  it('prints one JSON value with --json, and nothing but errors with --silent', async () => {
    const reply = JSON.parse(await good('restart', 'job', '--json')) as AppsReply & { operations: { state: string; action: string }[] };
    expect(reply.operations).toMatchObject([{ state: 'done', action: 'restart' }]);
    expect(reply.apps.map(({ name }) => name)).toContain('job');
    expect(await good('restart', 'job', '--silent')).toBe('');
  });

  it('returns at once with --no-wait', async () => {
    expect(await good('start', 'job.js', '-n', 'late', '--wait-ready', '--listen-timeout', '20s', '--no-wait')).toContain('holdfast ls');
    await waitFor('its start', async () => (await statusesOf('late')).includes('starting'));
    await good('delete', 'late');
  });
});

describe('targets', () => {
  it.each([
    ['an id', ['3'], ['job']],
    ['a name', ['api'], ['api', 'api']],
    ['a namespace', ['shop'], ['api', 'api', 'job']],
    ['a regular expression', ['/^(job|prints)$/'], ['job', 'prints']],
    ['several', ['job', '0', 'job'], ['job', 'prints']],
    ['all', ['all'], ['api', 'api', 'job', 'prints']],
  ])('are %s', async (_, targets, names) => {
    const before = await all();
    await good('restart', ...targets);
    const changed = (await all()).filter(({ id, pid }) => before.find((one) => one.id === id)!.pid !== pid);
    expect(changed.map(({ app }) => app).sort()).toEqual(names);
    expect(changed.every(({ status }) => status === 'online')).toBe(true);
  });

  it('that mean nothing are refused, with the word that was probably meant, and nothing is done to the others', async () => {
    const before = await all();
    expect(await refused('restart', 'all', 'prinst')).toContain('did you mean prints?');
    expect(await refused('stop', '99')).toContain('Cannot stop 99');
    expect(await refused('delete', '/nothing/')).toContain("no app's name matches it");
    expect(await refused('stop', '/[/')).toContain('it is no regular expression');
    expect((await all()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
  });
});

describe('stop, reset, delete, scale', () => {
  it('stop ends the processes and keeps the entry; restart and start bring it back', async () => {
    const [pid] = await pidsOf('job');
    expect(await good('stop', 'job')).toContain('job: 1 instance stopped');
    expect(isAlive(pid!)).toBe(false);
    expect(await statusesOf('job')).toEqual(['stopped']);
    await good('stop', 'job');
    await good('restart', 'job');
    expect(await statusesOf('job')).toEqual(['online']);
  });

  it('reset sets the count of restarts to zero', async () => {
    expect((await site.instances('job'))[0]!.restarts).toBeGreaterThan(0);
    await good('reset', 'job');
    expect((await site.instances('job'))[0]!.restarts).toBe(0);
  });

  it('scale sets, adds and takes away; the highest slots go first and the others are not touched', async () => {
    const [first] = await pidsOf('api');
    const count = async (amount: string): Promise<number> => (await good('scale', 'api', amount), (await pidsOf('api')).length);
    expect([await count('+1'), await count('4'), await count('-2'), await count('1')]).toEqual([3, 4, 2, 1]);
    expect(await pidsOf('api')).toEqual([first]);
    expect(await refused('scale', 'api', '1')).toContain('1 already');
    expect(await refused('scale', 'api', '-1')).toContain('Next: holdfast stop api');
    expect(await refused('scale', 'api', '0')).toContain('at least one instance');
    expect(await refused('scale', 'api', 'many')).toContain('"many" is no number of instances');
    expect(await refused('scale', 'apl', '2')).toContain('did you mean api');
  });

  it('delete forgets the app, ends its processes, and keeps its log files', async () => {
    const [{ pid, outPath } = { pid: 0, outPath: '' }] = await site.instances('prints');
    expect(await good('delete', 'prints')).toContain('prints: 1 instance deleted');
    expect(isAlive(pid!)).toBe(false);
    expect(fs.existsSync(outPath!)).toBe(true);
    expect(await refused('describe', 'prints')).toContain('Cannot show prints');
  });
});

describe('list, describe, info, jlist, ping', () => {
  it('list has five names, one table', async () => {
    const columns = (text: string): string => text.replaceAll(/[\d.]+(%|[kmg]b|s\b| of)/g, '#').replaceAll(/ +/g, ' ');
    const tables = await Promise.all(['list', 'ls', 'l', 'status', 'ps'].map((word) => good(word).then(columns)));
    expect(new Set(tables).size).toBe(1);
    expect(tables[0]).toContain('│ id │ name │ namespace │ version │ mode │ pid │ uptime │ ↺ │ status │ cpu │ mem │ user │ watching │');
  });

  it('describe tells the settings and each instance; show and info with a target are the same', async () => {
    const page = await good('describe', 'api');
    for (const fact of [
      /^ Describing process with id 1 - name api \n┌/,
      /\n│ namespace +│ shop +│\n/,
      /\n│ exec mode +│ cluster_mode +│\n/,
      /\n│ max memory restart +│ 524288000 +│\n/,
      /\n│ traffic +│ in rotation +│\n/,
      /\n Settings of api \n/,
    ])
      expect(page).toMatch(fact);
    expect(page).not.toContain('HOLDFAST_HOME');
    const still = (text: string): string => text.replaceAll(/\d+s|[\d.]+%|[\d.]+ [MK]B/g, '#').replaceAll(/ +|─+/g, ' ');
    expect(still(await good('show', 'api'))).toBe(still(page));
    expect(still(await good('info', 'api'))).toBe(still(page));
    expect(JSON.parse(await good('describe', 'api', '--json'))).toMatchObject({
      apps: [{ name: 'api', instances: [{ id: 1 }] }],
      alerts: [],
    });
  });

  it('describe names the log files of an app that has never run', async () => {
    await good('start', 'job.js', '-n', 'never', '--no-autostart');
    expect(await statusesOf('never')).toEqual(['stopped']);
    expect(await good('describe', 'never')).toContain(`${site.home}/logs/never-out.log`);
    await good('delete', 'never');
  });

  it('info describes the manager, and its JSON has exactly these keys', async () => {
    const view = JSON.parse(await good('info', '--json')) as ManagerView;
    expect(view).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      home: site.home,
      daemon: { pid: expect.any(Number) as number, uptimeMs: expect.any(Number) as number, version: view.version },
      hosts: expect.arrayContaining([
        { pid: expect.any(Number) as number, name: 'api', apps: ['api'], version: view.version },
      ]) as ManagerView['hosts'],
    });
    expect(view.hosts.map(({ name }) => name).sort()).toEqual(['api', 'shared']);
    expect(isAlive(view.daemon.pid)).toBe(true);
    expect(await good('info')).toContain(`pid ${view.daemon.pid}`);
  });

  it('ping answers like PM2', async () => expect(await good('ping')).toBe("{ msg: 'pong' }\n"));

  it("jlist has PM2's shape: one line, ordered by id, with the keys that scripts read", async () => {
    expect(await good('jlist')).not.toContain('\n');
    const list = await jlist();
    expect(list.map(({ pm_id: id, name }) => [id, name])).toEqual([
      [1, 'api'],
      [3, 'job'],
    ]);
    const [api] = list;
    expect(Object.keys(api!)).toEqual(['pid', 'name', 'pm2_env', 'pm_id', 'monit']);
    expect(api!.pid).toBe((await pidsOf('api'))[0]);
    expect(api!.monit).toEqual({ memory: expect.any(Number) as number, cpu: expect.any(Number) as number });
    const env = api!.pm2_env;
    const types = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, Array.isArray(value) ? 'array' : typeof value]));
    // Keys and types as PM2 7.0.4 prints them for such an app.
    expect(types).toMatchObject({
      ...{ name: 'string', namespace: 'string', pm_id: 'number', unique_id: 'string', version: 'string', username: 'string' },
      ...{
        status: 'string',
        pm_uptime: 'number',
        created_at: 'number',
        restart_time: 'number',
        unstable_restarts: 'number',
        node_version: 'string',
        vizion_running: 'boolean',
      },
      ...{
        pm_exec_path: 'string',
        pm_cwd: 'string',
        exec_interpreter: 'string',
        node_args: 'array',
        exec_mode: 'string',
        instances: 'number',
      },
      ...{ instance_var: 'string', NODE_APP_INSTANCE: 'number', pm_out_log_path: 'string', pm_err_log_path: 'string', PM2_HOME: 'string' },
      ...{
        autostart: 'boolean',
        autorestart: 'boolean',
        watch: 'boolean',
        treekill: 'boolean',
        kill_retry_time: 'number',
        max_memory_restart: 'number',
      },
      ...{
        windowsHide: 'boolean',
        vizion: 'boolean',
        pmx: 'boolean',
        automation: 'boolean',
        km_link: 'boolean',
        axm_actions: 'array',
        axm_monitor: 'object',
        axm_options: 'object',
        axm_dynamic: 'object',
        env: 'object',
      },
    });
    expect(env).toMatchObject({
      status: 'online',
      exec_mode: 'cluster_mode',
      namespace: 'shop',
      pm_exec_path: path.join(site.folder, 'web.js'),
      max_memory_restart: 500 * 2 ** 20,
    });
    const ours = Object.keys(env).filter((key) => !(key in (env['env'] as object)));
    expect(ours.filter((key) => /holdfast|slot|phase|goal|host/i.test(key))).toEqual([]);
    await good('stop', 'job');
    expect((await jlist())[1]).toMatchObject({ pid: 0, monit: { memory: 0, cpu: 0 }, pm2_env: { status: 'stopped' } });
  });
});

describe('save, resurrect, kill', () => {
  it('kill stops everything; resurrect brings back what was saved, stopped apps as stopped', async () => {
    expect(await good('save')).toContain(`saved in ${site.home}/dump.json`);
    expect(await good('kill')).toBe('[holdfast] all apps stopped\n[holdfast] daemon stopped\n');
    expect(site.processes()).toEqual([]);
    expect(await good('kill')).toContain('nothing to stop');
    expect(await good('resurrect')).toContain('api: 1 instance online');
    expect((await all()).map(({ app, status }) => [app, status])).toEqual([
      ['api', 'online'],
      ['job', 'stopped'],
    ]);
    const again = await site.run('resurrect');
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('api is in the list already and was left as it is');
    expect(await all()).toHaveLength(2);
  });

  it('the next id is 0 again after everything was deleted', async () => {
    await good('delete', 'all');
    await good('start', 'job.js');
    expect((await all()).map(({ id }) => id)).toEqual([0]);
  });
});

describe('help and wrong options', () => {
  const commands = 'start stop restart delete scale list describe info logs reset save resurrect jlist ping kill help'.split(' ');

  it.each(commands)('%s --help explains it with an example, within 80 columns', async (command) => {
    const page = await good(command, '--help');
    expect(page).toMatch(new RegExp(`^Usage: holdfast ${command}`));
    expect(page).toMatch(/Examples:\n {2}holdfast /);
    expect(page.split('\n').filter((line) => line.length > 80 && !line.startsWith('  holdfast') && !line.startsWith('Usage'))).toEqual([]);
  });

  it('names every command in the help, and refuses none of its lines', async () => {
    const page = await good('--help');
    for (const command of commands) expect(page).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    expect(fs.existsSync(path.join(ROOT, 'docs/reference/commands.md'))).toBe(true);
  });

  it.each([
    [['lst'], 'Did you mean ls?|Did you mean list?'],
    [['ls', '--jsn'], 'Did you mean --json?'],
    [['ls', '--name', 'x'], 'start, serve, run have one'],
    [['ls', 'extra'], 'one word too many'],
    [['start', 'job.js', '--nodeargs'], 'Did you mean --node-args?'],
    [['start', 'job.js', '--name'], 'needs a value'],
    [['start', 'job.js', '-n', '-i', '2'], '-i follows'],
    [['start', 'job.js', '-n', 'x', '--instances', 'many'], '"many", which is no whole number'],
    [['start', 'job.js', '-n', 'x', '--kill-timeout=soon'], '"soon", which is no duration'],
    [['start', 'missing.js'], 'missing.js does not exist'],
    [['stop'], 'it needs <target|config...>'],
    [['logs', '--lines', 'x'], 'no number of lines'],
  ])('refuses %j', async (args, text) => {
    const stderr = await refused(...args);
    expect(
      text.split('|Did').some((one, index) => stderr.includes(index === 0 ? one : `Did${one}`)),
      stderr,
    ).toBe(true);
    expect((await all()).map(({ app }) => app)).toEqual(['job']);
  });
});

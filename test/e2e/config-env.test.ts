// Variables with real processes: from a config on standard input, from files, taken anew, explained; and that none of an app reaches the manager.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from './kit/run.ts';
import type { RunResult } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeAll(() => void (site = createSite()));
afterAll(() => site.dispose());
beforeEach(async () => {
  await site.run('delete', 'all');
  site.env['FROM_SHELL'] = 'one';
});

/** What the kernel says that a process was started with (proc(5)); what Node apps delete from it themselves is still there. */
function environOf(pid: number): Readonly<Record<string, string>> {
  const entries = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return Object.fromEntries(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}

const environment = async (app: string): Promise<Readonly<Record<string, string>>> => environOf((await site.instances(app))[0]!.pid!);
const names = async (): Promise<readonly string[]> => (await site.apps()).apps.map(({ name }) => name);

const pipe = (stdin: string, ...args: string[]): Promise<RunResult> =>
  run(process.execPath, [CLI, ...args], { cwd: site.folder, env: site.env, stdin });

describe('a pid file', () => {
  it('says the process id of each instance while there is one, also after a reload', async () => {
    const config = site.ecosystem({ name: 'app', script: fixture('idle.cjs'), pid_file: 'run/app.pid', instances: 2, exec_mode: 'fork' });
    const written = async (): Promise<readonly string[]> =>
      (await site.instances('app')).map(({ id }) => fs.readFileSync(`${site.folder}/run/app-${id}.pid`, 'utf8'));
    const pids = async (): Promise<readonly string[]> => (await site.instances('app')).map(({ pid }) => String(pid));
    expect(await site.run('start', config)).toMatchObject({ code: 0, stderr: '' });
    const before = await pids();
    expect(await written()).toEqual(before);
    expect(await site.run('reload', 'app')).toMatchObject({ code: 0 });
    expect(await written()).toEqual(await pids());
    expect(await written()).not.toEqual(before);
    expect(await site.run('stop', 'app')).toMatchObject({ code: 0 });
    expect(fs.readdirSync(`${site.folder}/run`)).toEqual([]);
  });
});

describe('a config on standard input', () => {
  it('starts, restarts, reloads, stops and deletes its apps, and is never evaluated', async () => {
    const config = (value: string): string =>
      `// not JSON.parse\n{ apps: [{ name: 'piped', script: '${fixture('idle.cjs')}', env: { SAID: '${value}' } }] }`;
    expect(await pipe(config('1'), 'start', '-')).toMatchObject({ code: 0, stderr: '' });
    expect((await environment('piped'))['SAID']).toBe('1');
    expect(await pipe(config('2'), 'restart', '-')).toMatchObject({ code: 0 });
    expect((await environment('piped'))['SAID']).toBe('2');
    expect(await pipe(config('3'), 'reload', '-')).toMatchObject({ code: 0 });
    expect((await environment('piped'))['SAID']).toBe('3');
    expect(await pipe(config('3'), 'stop', '-')).toMatchObject({ code: 0 });
    expect((await site.instances('piped'))[0]!.status).toBe('stopped');
    const trap = `{ "name": require("fs").writeFileSync("${site.folder}/evaluated", ""), "script": "x" }`;
    expect(await pipe(trap, 'start', '-')).toMatchObject({ code: 1, stderr: expect.stringContaining('is data and is not evaluated') });
    expect(fs.existsSync(path.join(site.folder, 'evaluated'))).toBe(false);
    expect(await pipe(config('3'), 'delete', '-')).toMatchObject({ code: 0 });
    expect(await names()).toEqual([]);
  });
});

describe('variables', () => {
  it('come from files as they are at each start from the config; a missing file starts nothing', async () => {
    site.write('.env', 'A=1\nB=1\n');
    const config = site.ecosystem({ name: 'filed', script: fixture('idle.cjs'), env_file: '.env', env: { C: 'config' } });
    expect(await site.run('start', config)).toMatchObject({ code: 0 });
    expect(await environment('filed')).toMatchObject({ A: '1', B: '1', C: 'config', FROM_SHELL: 'one' });
    site.write('.env', 'A=2\n');
    expect(await site.run('reload', config)).toMatchObject({ code: 0 });
    const second = await environment('filed');
    expect(second).toMatchObject({ A: '2', C: 'config' });
    expect(second).not.toHaveProperty('B');
    fs.rmSync(path.join(site.folder, '.env'));
    const [before] = await site.instances('filed');
    const { code, stderr } = await site.run('reload', config);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(`env_file ${site.folder}/.env does not exist`) });
    expect((await site.instances('filed'))[0]!.pid).toBe(before!.pid);
  });

  it.each(['restart', 'reload'])('stay at a %s by name, and are those of this shell with --update-env', async (command) => {
    const config = site.ecosystem({ name: 'app', script: fixture('idle.cjs'), env: { PINNED: 'config' } });
    Object.assign(site.env, { GONE: '1', PINNED: 'shell' });
    expect(await site.run('start', config)).toMatchObject({ code: 0 });
    Object.assign(site.env, { FROM_SHELL: 'two', FRESH: '1' });
    delete site.env['GONE'];
    expect(await site.run(command, 'app')).toMatchObject({ code: 0 });
    expect(await environment('app')).toMatchObject({ FROM_SHELL: 'one', GONE: '1', PINNED: 'config' });
    expect(await site.run(command, 'app', '--update-env')).toMatchObject({ code: 0 });
    const after = await environment('app');
    expect(after).toMatchObject({ FROM_SHELL: 'two', FRESH: '1', PINNED: 'config' });
    expect(after).not.toHaveProperty('GONE');
    delete site.env['FRESH'];
    delete site.env['PINNED'];
  });

  it('are explained, each with its place; what looks secret is masked', async () => {
    site.write('secret.env', 'API_TOKEN=hunter2\nLEVEL=file\n');
    const app = {
      name: 'api',
      script: fixture('idle.cjs'),
      env_file: 'secret.env',
      env: { LEVEL: 'general' },
      env_production: { LEVEL: 'prod' },
    };
    const config = site.ecosystem(app);
    expect(await site.run('start', config, '--env', 'production')).toMatchObject({ code: 0 });
    const cells = (line: string): string[] =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim());
    const rows = (await site.run('env', 'api', '--explain')).stdout.split('\n').map(cells);
    expect(rows).toContainEqual(['LEVEL', 'prod', `env_production in ${config}`, `env in ${config}, env_file ${site.folder}/secret.env`]);
    expect(rows).toContainEqual(['API_TOKEN', '********', `env_file ${site.folder}/secret.env`, '']);
    expect(rows).toContainEqual(['FROM_SHELL', 'one', 'shell', '']);
    expect((await site.run('env', '0', '--show-secrets')).stdout).toContain('API_TOKEN: hunter2\n');
  });

  it('of an app reach no setting of the manager, nor those that its config file puts into process.env', async () => {
    // A daemon is started by this very command: what the file adds must not be what it runs with.
    await site.run('kill');
    site.write(
      'x.config.cjs',
      `process.env.ADDED = 'by code'; process.env.HOLDFAST_HOME = '${site.folder}/elsewhere';
       const names = { name: 'hijack', status: 'errored', instances: '9', args: 'x', watch: 'true', PM2_HOME: '/x', PM2_KILL_TIMEOUT: '1', HOLDFAST_PRELOAD: 'x' };
       module.exports = { apps: [{ name: 'app', script: '${fixture('idle.cjs')}', env: names }] };`,
    );
    const { code, stderr } = await site.run('start', 'x.config.cjs');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('env sets HOLDFAST_PRELOAD, which belongs to the manager; ignored.'),
    });
    expect(fs.existsSync(path.join(site.folder, 'elsewhere'))).toBe(false);
    expect(await names()).toEqual(['app']);
    expect(await environment('app')).toMatchObject({ name: 'hijack', status: 'errored', instances: '9', ADDED: 'by code', PM2_HOME: '/x' });
    const manager = await site.manager();
    for (const pid of [manager.daemon.pid, ...manager.hosts.map((host) => host.pid)]) {
      expect(environOf(pid)).not.toHaveProperty('ADDED');
      expect(environOf(pid)['HOLDFAST_HOME']).toBe(site.home);
    }
    const [listed] = JSON.parse((await site.run('jlist')).stdout) as [{ name: string; pm2_env: Record<string, unknown> }];
    expect([listed.name, listed.pm2_env['name'], listed.pm2_env['instances'], listed.pm2_env['status']]).toEqual([
      'app',
      'app',
      1,
      'online',
    ]);
  });
});

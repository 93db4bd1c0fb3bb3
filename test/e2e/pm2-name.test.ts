// Under PM2's name: its home, its exit codes, and never beside a PM2 that lives.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesWith } from '../../scripts/leftovers.mjs';
import { run } from './kit/run.ts';
import type { RunResult } from './kit/run.ts';
import { CLI, createSite, fixture, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let home: string;
let env: NodeJS.ProcessEnv;
/** A process that passes for PM2's daemon. */
let god: ChildProcessByStdio<null, Readable, null> | null;

beforeEach(() => {
  god = null;
  site = createSite();
  home = path.join(site.folder, '.pm2');
  fs.symlinkSync(CLI, path.join(site.folder, 'pm2'));
  env = { ...site.env, HOME: site.folder };
  delete env['HOLDFAST_HOME'];
  delete env['PM2_HOME'];
});
afterEach(async () => {
  if (god?.kill('SIGKILL') === true) await new Promise((resolve) => god!.once('close', resolve));
  await pm2('kill');
  await site.dispose();
});

const pm2 = (...args: string[]): Promise<RunResult> =>
  run(process.execPath, [path.join(site.folder, 'pm2'), ...args], { cwd: site.folder, env });
const named = (...args: string[]): Promise<RunResult> =>
  run(process.execPath, [CLI, ...args], { cwd: site.folder, env: { ...env, PM2_HOME: home } });

/** The names in the list of the programmatic API, or its error. */
async function listByApi(variables: Record<string, string>, pm2_home?: string): Promise<string> {
  const door = JSON.stringify(path.join(ROOT, 'dist/holdfast.cjs'));
  const options = JSON.stringify({ pm2_home });
  const code = `const pm2 = require(${door}); new pm2.custom(${options}).list((error, list) => console.log(error ? error.message : list.map((one) => one.name).join()));`;
  return (await run(process.execPath, ['-e', code], { cwd: site.folder, env: { ...env, ...variables } })).stdout;
}

/** What a file of the home holds, and who may read it. */
const held = (name: string): [string, number] => {
  const file = path.join(home, name);
  return [fs.readFileSync(file, 'utf8'), fs.statSync(file).mode & 0o777];
};
const daemonPid = async (): Promise<string> =>
  String((JSON.parse((await pm2('info', '--json')).stdout) as { daemon: { pid: number } }).daemon.pid);

it("lives in PM2's home and keeps the files that scripts look for there: pids, and the saved list as PM2 writes it", async () => {
  fs.mkdirSync(path.join(home, 'logs'), { recursive: true, mode: 0o755 });
  const theirs = '[{"name":"old","pm_exec_path":"/gone.js","pm_cwd":"/"}]';
  fs.writeFileSync(path.join(home, 'dump.pm2'), theirs);
  // That PM2 has ended.
  fs.writeFileSync(path.join(home, 'pm2.pid'), '999999999');
  expect(await pm2('start', fixture('idle.cjs'), '--name', 'api')).toMatchObject({ code: 0, stderr: '' });
  expect(fs.statSync(home).mode & 0o077).toBe(0);
  expect(held('pm2.pid')[0]).toBe(await daemonPid());
  await waitFor('pm2.log to name the app by its id', () => /^\S+: PM2 log: App \[api:0\] online/m.test(held('pm2.log')[0]));
  expect(held('pm2.log')[1]).toBe(0o600);
  await pm2('flush', 'api');
  expect(held('pm2.log')[0]).toContain('App [api:0] online');
  expect((await pm2('flush')).stdout).toContain(`emptied ${path.join(home, 'pm2.log')} (`);
  expect(held('pm2.log')[0]).not.toContain('App [api:0] online');
  expect(held('pids/api-0.pid')[0]).toBe((await pm2('pid', 'api')).stdout.trim());
  expect(JSON.parse((await named('ls', '--json')).stdout)).toMatchObject({ apps: [{ name: 'api' }] });
  expect(await listByApi({ PM2_HOME: home })).toBe('api\n');

  const before = Number(await daemonPid());
  process.kill(before, 'SIGKILL');
  await waitFor('the next daemon to write its pid', () => !['', String(before)].includes(held('pm2.pid')[0]));
  expect(held('pm2.pid')[0]).toBe(await daemonPid());

  expect(await pm2('save')).toMatchObject({ code: 0 });
  const [saved, mode] = held('dump.pm2');
  expect(JSON.parse(saved)).toMatchObject([
    { name: 'api', pm_id: 0, status: 'online', pm_exec_path: fixture('idle.cjs'), env: { HOME: site.folder } },
  ]);
  expect(mode).toBe(0o600);
  expect(held('dump.pm2.bak')).toEqual([theirs, 0o600]);

  expect(await pm2('kill')).toMatchObject({ code: 0 });
  expect(fs.existsSync(path.join(home, 'pm2.pid'))).toBe(false);
  expect(fs.readdirSync(path.join(home, 'pids'))).toEqual([]);
});

it('is where OVER_HOME says, with pm2.log where PM2_LOG_FILE_PATH does, in the form of PM2_LOG_DATE_FORMAT', async () => {
  home = path.join(site.folder, 'over');
  const file = path.join(site.folder, 'manager.log');
  env = { ...env, PM2_HOME: '/elsewhere', OVER_HOME: 'over', PM2_LOG_FILE_PATH: file, PM2_LOG_DATE_FORMAT: '[at] YYYY' };
  expect(await pm2('start', fixture('idle.cjs'), '--name', 'api')).toMatchObject({ code: 0, stderr: '' });
  expect(held('pm2.pid')[0]).toBe(await daemonPid());
  await waitFor('the log to tell of the app', () => /^at \d{4}: PM2 log: App \[api:0\] online$/m.test(fs.readFileSync(file, 'utf8')));
  expect(fs.existsSync(path.join(home, 'pm2.log'))).toBe(false);
});

describe.runIf(process.getuid!() === 0)('as root', () => {
  const NOBODY = 65_534;

  it('gives the socket to PM2_SOCKET_USER, and nothing else that is in the home', async () => {
    // The folders of a test are private to root.
    for (const folder of [path.dirname(site.folder), site.folder]) fs.chmodSync(folder, 0o711);
    env = { ...env, PM2_SOCKET_USER: String(NOBODY) };
    expect(await pm2('start', fixture('idle.cjs'), '--name', 'api')).toMatchObject({ code: 0, stderr: '' });
    const ask = `require('http').get({ socketPath: ${JSON.stringify(path.join(home, 'daemon.sock'))}, path: '/v1/apps' }, (answer) => console.log(answer.resume().statusCode))`;
    const look = `try { require('fs').readdirSync(${JSON.stringify(home)}) } catch ({ code }) { console.log(code) }`;
    const asNobody = { uid: NOBODY, gid: NOBODY, cwd: '/', encoding: 'utf8' } as const;
    expect(execFileSync(process.execPath, ['-e', `${look};${ask}`], asNobody)).toBe('EACCES\n200\n');
    expect(await pm2('jlist')).toMatchObject({ code: 0 });
    expect(fs.statSync(home).mode & 0o777).toBe(0o711);
  });

  it('starts no daemon where PM2_SOCKET_USER is no number, and says so', async () => {
    env = { ...env, PM2_SOCKET_USER: 'www' };
    expect(await pm2('ls')).toMatchObject({ code: 1, stderr: expect.stringContaining('PM2_SOCKET_USER is "www"') });
  });
});

it('resurrect takes what was saved last, by us or by PM2', async () => {
  const entry = { name: 'old', pm_exec_path: fixture('idle.cjs'), pm_cwd: site.folder, exec_interpreter: 'node', exec_mode: 'fork_mode' };
  fs.mkdirSync(home, { mode: 0o700 });
  fs.writeFileSync(path.join(home, 'dump.pm2'), JSON.stringify([entry]));
  expect(await pm2('resurrect')).toMatchObject({ code: 0 });
  expect((await pm2('id', 'old')).stdout).toBe('[ 0 ]\n');
  expect(await pm2('save')).toMatchObject({ code: 0 });
  expect(await pm2('kill')).toMatchObject({ code: 0 });
  expect(await pm2('resurrect')).toMatchObject({ code: 0 });
  expect((await pm2('id', 'old')).stdout).toBe('[ 0 ]\n');
  expect(await pm2('cleardump')).toMatchObject({ code: 0 });
  expect(JSON.parse(held('dump.pm2')[0])).toEqual([]);
});

it('start of an app that crashes at once ends with 0, and every other failed start with 1, as in PM2', async () => {
  expect(await pm2('start', fixture('throws.cjs'), '--no-autorestart')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Cannot start throws:0'),
  });
  expect(await pm2('restart', 'throws')).toMatchObject({ code: 0 });
  expect(await pm2('start', 'gone.js')).toMatchObject({ code: 1 });
  expect(await pm2('start', fixture('idle.cjs'), '--interpreter', 'no-such-program')).toMatchObject({ code: 1 });
  expect(await pm2('start', site.write('broken.json', '{ apps: [{'))).toMatchObject({ code: 1 });
  expect(await pm2('restart', 'nobody')).toMatchObject({ code: 1 });
});

it('refuses a home in which PM2 lives, names its pid, and touches nothing', async () => {
  fs.mkdirSync(path.join(home, 'logs'), { recursive: true });
  fs.chmodSync(home, 0o755);
  const title = `PM2 v7.0.4: God Daemon (${home})`;
  god = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)', title], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => god!.stdout.once('data', resolve));
  fs.writeFileSync(path.join(home, 'pm2.pid'), String(god.pid));
  for (const act of [() => pm2('ls'), () => named('save'), () => pm2('start', fixture('idle.cjs'))])
    expect(await act()).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`Cannot use the home directory ${home}: PM2 itself runs there (pid ${god.pid}).\n`),
    });
  expect(await listByApi({ PM2_HOME: home })).toContain(`PM2 itself runs there (pid ${god.pid})`);
  expect(await listByApi({}, home)).toContain(`PM2 itself runs there (pid ${god.pid})`);
  expect(fs.readdirSync(home).sort()).toEqual(['logs', 'pm2.pid']);
  expect(fs.statSync(home).mode & 0o777).toBe(0o755);
  expect(await pm2('--version')).toMatchObject({ code: 0 });
  expect(processesWith('HOME', site.folder).map(({ pid }) => pid)).toEqual([god.pid]);
});

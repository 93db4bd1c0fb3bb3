// The methods of PM2's API that need no daemon, or only its list: settings, commands, what is absent, and the daemon's calls by PM2's names.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appView, instanceView, operationView } from '../../test/canned-views.ts';
import { specOf } from '../../test/spec.ts';
import type { Client } from '../client/client.ts';
import type { OperationRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import { homeAt } from '../model/home.ts';
import { createPm2 } from './api.ts';
import { argumentOf } from './api-remote.ts';
import type { ApiWorld } from './api-world.ts';
import type { Pm2 } from './pm2-types.ts';

let root: string;
let asked: OperationRequest[];
let sent: unknown[];
let commands: (readonly string[])[];
/** What commands got on their standard input. */
let typed: unknown[];
let pm2: Pm2;
let asPm2: boolean;
/** Pids that were looked for. */
let looked: number[];

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'hfa-'));
  fs.mkdirSync(homeAt(root).hosts);
  asked = [];
  sent = [];
  commands = [];
  typed = [];
  asPm2 = false;
  looked = [];
  pm2 = createPm2(() => world());
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

/** A manager whose daemon runs `api`, does at once what it is asked for, and is not there. */
function world(): ApiWorld {
  const client: Partial<Client> = {
    apps: () => Promise.resolve({ apps: [appView([instanceView()], specOf({ name: 'api' }))], alerts: [] }),
    profile: (request) => Promise.resolve({ profile: request }),
    manager: () => Promise.resolve({ version: '9.9.9', home: root, daemon: { pid: 1, uptimeMs: 5, version: '9.9.9' }, hosts: [] }),
    operate: (request) => {
      asked.push(request);
      return Promise.resolve(operationView({ state: 'done' }));
    },
    message: (request) => {
      sent.push(request);
      return Promise.resolve({ sent: [] });
    },
    send: (request) => {
      sent.push(request);
      return Promise.resolve({ sent: [] });
    },
    inspect: ({ target }) => Promise.resolve({ app: target, slot: 0, id: 0, pid: 7, url: 'ws://127.0.0.1:9229/key' }),
    flush: () => Promise.resolve({ files: [] }),
    reopenLogs: () => Promise.resolve({ hosts: [] }),
    isRunning: () => Promise.resolve(false),
    ping: () => Promise.resolve({ msg: 'pong', version: '9.9.9', pid: 7 }),
  };
  return {
    cwd: root,
    env: { PM2_KILL_TIMEOUT: '4000' },
    uid: 0,
    nodePath: process.execPath,
    staticServer: '/dist/serve.cjs',
    asPm2: () => asPm2,
    home: () => homeAt(root),
    client: () => client as Client,
    isAlive: (pid) => (looked.push(pid), looked.length < 3),
    saved: () => Promise.resolve(),
    command: (words, how) => {
      commands.push(words);
      if (typeof how === 'object') typed.push(JSON.parse(how.input));
      const said = words.includes('nosuch') ? 'as root: sudo holdfast startup\n' : '';
      return Promise.resolve({
        code: said === '' ? 0 : 1,
        said,
        printed: words[0] === 'profile:mem' ? '{"file":"/w/a.heapprofile"}\n' : 'text\n',
      });
    },
    machine: () => Promise.resolve({ 'CPU Usage': { value: 7, type: 'metric', unit: '%', historic: true } }),
    warn: () => {},
  };
}

describe('settings', () => {
  it('are set, found, listed and forgotten', async () => {
    expect(await pm2.set('pm2-slack:port', 8080)).toEqual({ success: true });
    expect(await pm2.multiset('pm2-slack:a 1 other two')).toEqual({ success: true });
    expect([await pm2.get('pm2-slack:port'), await pm2.conf('other'), await pm2.get('none')]).toEqual(['8080', 'two', undefined]);
    expect(await pm2.unset('pm2-slack:a')).toEqual({ success: true });
    expect(await pm2.conf()).toEqual({ 'pm2-slack': { port: '8080' }, other: 'two' });
  });

  it('that log rotation would refuse are refused', async () => {
    await expect(pm2.set('pm2-logrotate:max_size', 'big')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

it("PM2's variables hold for apps of a program that means PM2", async () => {
  const app = { name: 'app', script: process.execPath, interpreter: 'none' };
  for (asPm2 of [true, false]) await pm2.start({ apps: [app, { ...app, name: 'own', kill_timeout: 100 }] });
  expect(asked).toMatchObject([
    { specs: [{ killTimeoutMs: 4000 }, { killTimeoutMs: 100 }] },
    { specs: [{ killTimeoutMs: 1600 }, { killTimeoutMs: 100 }] },
  ]);
});

it('the daemon is killed when its process is gone, and not when it only listens no more', async () => {
  fs.writeFileSync(path.join(homeAt(root).hosts, 'web.sock'), '');
  expect(await pm2.killDaemon()).toEqual({ success: true });
  expect([asked, looked]).toEqual([[{ action: 'kill' }], [7, 7, 7]]);
});

describe('what is absent', () => {
  it.each(['install', 'deploy', 'pullAndReload', 'link'] as const)('%s answers its callback with one clear error', async (name) => {
    const error = await new Promise<HoldfastError>((resolve) => void pm2[name]('x', {}, resolve));
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error.message).toMatch(new RegExp(`^Cannot ${name}: .+\\.$`));
    expect(error.hint).not.toBe(undefined);
    await expect(pm2[name]('x')).rejects.toThrow(error.message);
  });
});

describe("the daemon's calls by PM2's names", () => {
  it('give the figures of the machine', async () => {
    expect(await pm2.Client.executeRemote('getSystemData', {})).toMatchObject({ 'CPU Usage': { value: 7 } });
  });

  it('give the list and the version', async () => {
    expect(await pm2.Client.executeRemote('getVersion', {})).toBe('9.9.9');
    expect(await pm2.Client.executeRemote('ping', {})).toEqual({ msg: 'pong' });
    expect(await pm2.Client.executeRemote('reloadLogs', {})).toEqual({ success: true });
    const list = await new Promise<{ name: string }[]>((resolve) =>
      pm2.Client.executeRemote('getMonitorData', {}, (_error, found: { name: string }[]) => resolve(found)),
    );
    expect(list.map(({ name }) => name)).toEqual(['api']);
  });

  it.each([
    ['stopProcessId', 0, { action: 'stop', targets: ['0'] }],
    ['restartProcessId', { id: 0, env: {} }, { action: 'restart', targets: ['0'] }],
    ['reloadProcessId', { id: 0 }, { action: 'reload', targets: ['0'] }],
    ['deleteProcessId', 0, { action: 'delete', targets: ['0'] }],
    ['resetMetaProcessId', 0, { action: 'reset', targets: ['0'] }],
    ['softReloadProcessId', { id: 0 }, { action: 'reload', targets: ['0'] }],
    ['sendSignalToProcessId', { process_id: 0, signal: 'SIGUSR2' }, { action: 'signal', targets: ['0'], signal: 'SIGUSR2' }],
    ['sendSignalToProcessName', { process_name: 'api', signal: 'SIGUSR2' }, { action: 'signal', targets: ['api'], signal: 'SIGUSR2' }],
  ])('%s does it', async (method, argument, request) => {
    await pm2.Client.executeRemote(method, argument);
    expect(asked).toEqual([request]);
  });

  it('answer with the process as the list has it then', async () => {
    const [listed] = await pm2.list();
    expect(await pm2.Client.executeRemote('stopProcessId', '0')).toEqual(listed);
    expect(await pm2.Client.executeRemote('resetMetaProcessId', 0)).toEqual([listed]);
  });

  it.each(['all', 'api', './app.js', 1, -1, null, undefined, {}, { id: null }, [0]])(
    'do nothing to %j, which is the id of nobody',
    async (id) => {
      for (const method of ['stopProcessId', 'restartProcessId', 'deleteProcessId', 'startProcessId', 'duplicateProcessId'])
        await expect(pm2.Client.executeRemote(method, id)).rejects.toMatchObject({ message: expect.stringMatching(/ id unknown$/) });
      expect(asked).toEqual([]);
    },
  );

  it.each([{ name: '0' }, { namespace: '0' }])('do nothing to an id that means another app: %j', async (named) => {
    const other = { name: 'other', namespace: 'default', ...named };
    const apps = [
      appView([instanceView()], specOf({ name: 'api' })),
      appView([instanceView({ id: 7, app: other.name, namespace: other.namespace })], specOf(other)),
    ];
    const confused = createPm2(() => ({
      ...world(),
      client: () => ({ ...world().client(), apps: () => Promise.resolve({ apps, alerts: [] }) }),
    }));
    await expect(confused.Client.executeRemote('stopProcessId', 0)).rejects.toMatchObject({ code: 'USAGE' });
    expect(asked).toEqual([]);
  });

  it('start nothing that runs', async () => {
    await expect(pm2.Client.executeRemote('startProcessId', 0)).rejects.toThrow('process already online');
    expect(asked).toEqual([]);
  });

  it('start another instance', async () => {
    await pm2.Client.executeRemote('duplicateProcessId', 0);
    expect(asked).toEqual([{ action: 'scale', app: 'api', change: 1 }]);
  });

  it("start an app that is told as PM2's command line tells its daemon", async () => {
    const entry = { name: 'api', pm_exec_path: '/srv/a.js', pm_cwd: '/srv', exec_mode: 'cluster_mode', instances: 2, env: { A: '1' } };
    expect(await pm2.Client.executeRemote('prepare', entry)).toMatchObject([{ name: 'api', pm_id: 0 }]);
    expect(commands).toEqual([['start', '-']]);
    expect(typed).toMatchObject([
      { apps: [{ name: 'api', script: '/srv/a.js', cwd: '/srv', exec_mode: 'cluster', instances: 2, env: { A: '1' }, filter_env: true }] },
    ]);
    await expect(pm2.Client.executeRemote('prepare', { name: 'api' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it.each(['stopWatch', 'notifyByProcessId', 'notifyKillPM2'])('are content with what the daemon does itself: %s', async (method) => {
    expect(await pm2.Client.executeRemote(method, {})).toEqual(method === 'stopWatch' ? { success: true } : {});
    expect(asked).toEqual([]);
  });

  it.each(['monitor', 'unmonitor'])('%s says why it is not there', async (method) => {
    await expect(pm2.Client.executeRemote(method, 0)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each([
    ['startWatch', 'on'],
    ['toggleWatch', 'toggle'],
  ])('%s switches it for the app, and touches no process', async (method, to) => {
    expect(await pm2.Client.executeRemote(method, argumentOf(method, ['restartProcessId', { id: 0 }]))).toEqual({ success: true });
    expect(await pm2.Client.executeRemote(method, argumentOf(method, [0]))).toEqual({ success: true });
    const request = { action: 'watch', targets: ['api'], to };
    expect(asked).toEqual([request, request]);
    await expect(pm2.Client.executeRemote(method, 9)).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
  });

  it.each([
    ['profileCPU', 'cpu'],
    ['profileMEM', 'mem'],
  ])('%s writes the file that is named, and none that is there', async (method, kind) => {
    const pwd = `${root}/profile`;
    expect(await pm2.Client.executeRemote(method, { pwd, timeout: 200 })).toEqual({ file: pwd });
    expect(JSON.parse(fs.readFileSync(pwd, 'utf8'))).toEqual({ kind, durationMs: 200 });
    expect(await pm2.Client.executeRemote(method, { pwd })).toEqual({ error: `${pwd} is there already` });
    expect(await pm2.Client.executeRemote(method, { pwd: 'x' })).toEqual({ error: 'pwd is "x": it is the absolute path of the file' });
    expect(await pm2.Client.executeRemote(method, null)).toEqual({ error: expect.any(String) });
  });

  it('report of the daemon without its variables', async () => {
    expect(await pm2.Client.executeRemote('getReport', {})).toEqual({
      pm2_version: '9.9.9',
      node_version: process.versions.node,
      node_path: process.execPath,
      argv0: process.execPath,
      argv: [process.execPath],
      uid: 0,
      gid: process.getgid!(),
      env: {},
      managed_apps: 1,
      started_at: expect.any(Number),
    });
  });

  it('reach apps', async () => {
    const packet = { id: 0, type: 'process:msg', topic: 'a topic', data: { a: 1 } };
    expect(await pm2.Client.executeRemote('sendDataToProcessId', packet)).toEqual({ success: true, data: packet });
    expect(sent).toEqual([{ target: '0', message: packet }]);
    await expect(pm2.Client.executeRemote('msgProcess', { id: 0, msg: 'gc' })).rejects.toThrow('it knows no such action');
  });

  it('write lines of input, with whatever end', async () => {
    expect(await pm2.sendLineToStdin(0, 'one')).toEqual({ pm_id: 0, line: 'one\n' });
    expect(await pm2.sendLineToStdin(0, 'two', ';')).toEqual({ pm_id: 0, line: 'two;' });
    await pm2.Client.executeRemote('sendLineToStdin', { pm_id: 0, line: 'three\n' });
    await pm2.Client.executeRemote('sendLineToStdin', { pm_id: 0, line: 'four' });
    expect(sent).toEqual([
      { target: '0', line: 'one' },
      { target: '0', line: 'two', end: ';' },
      { target: '0', line: 'three' },
      { target: '0', line: 'four', end: '' },
    ]);
  });

  it('are refused where there is no such call', async () => {
    await expect(pm2.Client.executeRemote('toString', {})).rejects.toMatchObject({ code: 'USAGE' });
  });
});

it('startup runs the command, and fails with what that says', async () => {
  expect(await pm2.startup('systemd', { user: 'ann', hp: '/home/ann' })).toEqual({ success: true });
  await pm2.uninstallStartup();
  await pm2.update();
  await pm2.attach(3);
  await pm2.attach(3, ';');
  await expect(pm2.startup('nosuch')).rejects.toMatchObject({ code: 'OPERATION_FAILED', message: 'as root: sudo holdfast startup' });
  expect(commands).toEqual([
    ['startup', 'systemd', '--user', 'ann', '--hp', '/home/ann'],
    ['unstartup'],
    ['update'],
    ['attach', '--', '3'],
    ['attach', '--', '3', ';'],
    ['startup', 'nosuch'],
  ]);
});

describe('reports and tools', () => {
  it('give the results of PM2, or what PM2 prints', async () => {
    expect(await pm2.inspect('api')).toEqual({ success: true, url: 'ws://127.0.0.1:9229/key' });
    expect(await pm2.profile('mem', 500)).toEqual({ file: '/w/a.heapprofile' });
    expect([await pm2.report(), await pm2.logrotate({})]).toEqual(['text\n', { success: true }]);
    expect(commands).toEqual([['profile:mem', '--json', '--', '500'], ['report'], ['logrotate']]);
  });

  it('refuse what cannot be profiled', async () => {
    await expect(pm2.profile('disk' as 'cpu', 500)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'Cannot profile "disk": it is cpu or mem.',
    });
    expect(commands).toEqual([]);
  });
});

describe('calls by name', () => {
  it('are those of the methods, with one argument or all of them', async () => {
    await pm2.remote('restart', { name: 'api' });
    await pm2.remoteV2('stop', { args: ['api'] });
    expect(asked).toMatchObject([
      { action: 'restart', targets: ['api'] },
      { action: 'stop', targets: ['api'] },
    ]);
    const list = await new Promise<{ name: string }[]>((resolve) =>
      pm2.remote('list', {}, (_error, found: { name: string }[]) => resolve(found)),
    );
    expect(list.map(({ name }) => name)).toEqual(['api']);
  });

  it.each(['frobnicate', 'toString', 'remote'])('are an error of the callback for %s, which is no such method', async (method) => {
    const errors = [
      await new Promise((resolve) => pm2.remote(method, {}, resolve)),
      await new Promise((resolve) => pm2.remoteV2(method, {}, resolve)),
    ];
    expect(errors).toMatchObject([{ code: 'USAGE' }, { code: 'USAGE' }]);
  });
});

it('serve starts the static file server as an app', async () => {
  fs.mkdirSync(path.join(root, 'public'));
  await pm2.serve('public', 9000, { spa: true });
  expect(asked).toMatchObject([
    {
      action: 'apply',
      specs: [{ name: 'static-page-server-9000', script: '/dist/serve.cjs', env: { PM2_SERVE_PORT: '9000', PM2_SERVE_SPA: 'true' } }],
    },
  ]);
});

it('removes a home of its own, and never one that is used by default', async () => {
  const kept = createPm2(() => ({ ...world(), home: () => homeAt('/home/ann/.pm2') }));
  await expect(kept.destroy()).rejects.toMatchObject({ code: 'USAGE' });
  expect(await pm2.destroy()).toEqual({ success: true });
  expect(fs.existsSync(root)).toBe(false);
});

it('does nothing more, or what the daemon does', async () => {
  expect([await pm2.autodump(), await pm2.clearDump(), await pm2.reloadLogs()]).toMatchObject([
    { success: true },
    { success: true },
    { success: true },
  ]);
  expect((await pm2.flush('api')).map(({ name }) => name)).toEqual(['api']);
  expect(asked).toEqual([{ action: 'clear-dump' }]);
});

it("says where things are by PM2's names", () => {
  const { _conf: conf } = pm2;
  expect(conf).toMatchObject({ PM2_HOME: root, DEFAULT_LOG_PATH: path.join(root, 'logs') });
  expect([pm2.user_conf, pm2.daemon_mode, pm2.pm2_home]).toEqual([{}, true, root]);
  // The socket of the control API stands for both where the home is not PM2's.
  expect([conf['DAEMON_RPC_PORT'], conf['DAEMON_PUB_PORT']]).toEqual([homeAt(root).socket, homeAt(root).socket]);
  const { _conf: theirs } = createPm2(() => ({ ...world(), env: { PM2_HOME: root } }));
  expect([theirs['DAEMON_RPC_PORT'], theirs['DAEMON_PUB_PORT']]).toEqual([path.join(root, 'rpc.sock'), path.join(root, 'pub.sock')]);
});

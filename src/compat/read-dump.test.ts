// Reading what PM2 has saved. The fixture has the keys of a dump that PM2 7.0.4 wrote; /srv/shop stands for a folder of the test's own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SavedApps } from '../model/saved-apps.ts';
import { STATE_VERSION } from '../daemon/patches.ts';
import { readSavedApps } from './read-dump.ts';

const FIXTURE = fs.readFileSync(path.resolve(import.meta.dirname, '../../test/fixtures/pm2/dump.pm2.json'), 'utf8');

let root: string;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-')));
  for (const name of ['app.js', 'idle.js', 'other.js']) fs.writeFileSync(path.join(root, name), '');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const read = (value: unknown): Promise<SavedApps> =>
  readSavedApps('/home/x/.pm2/dump.pm2', value, {
    callerEnv: { FROM_THE_SHELL: 'no' },
    callerUid: process.getuid!(),
    pidsFolder: null,
    logsFolder: '/logs',
    moduleSettings: {},
    nodePath: process.execPath,
    staticServer: '/dist/serve.cjs',
    cpuCount: 4,
  });
const fixture = (): Record<string, unknown>[] => JSON.parse(FIXTURE.replaceAll('/srv/shop', root)) as Record<string, unknown>[];
const entry = (change: Record<string, unknown>): Record<string, unknown> => ({ ...fixture()[1], cron_restart: undefined, ...change });

describe('a dump of PM2', () => {
  let found: SavedApps;
  beforeEach(async () => void (found = await read(fixture())));
  const app = (name: string): SavedApps['apps'][number] => found.apps.find(({ spec }) => spec.name === name)!;

  it('has all its apps, instances of one name as one app, stopped ones down', () => {
    expect(found).toMatchObject({ warnings: [], leftOut: [], isPm2: true });
    const lines = found.apps.map(
      ({ spec, slots }) => `${spec.name} ${spec.mode} ${spec.instances}: ${slots.map(({ goal }) => goal).join(' ')}`,
    );
    expect(lines).toEqual([
      'web cluster 2: up up',
      'worker fork 1: up',
      'sleeper fork 1: down',
      'shell fork 1: up',
      'many fork 2: up up',
      'bin fork 1: up',
    ]);
  });

  it('keeps program, folder, arguments and interpreter', () => {
    const { script, args, cwd, interpreter, interpreterArgs, namespace } = app('web').spec;
    expect({ script, args, cwd, interpreter, interpreterArgs, namespace }).toEqual({
      script: `${root}/app.js`,
      args: ['--port', '3', 'a b'],
      cwd: root,
      interpreter: process.execPath,
      interpreterArgs: ['--max-old-space-size=128'],
      namespace: 'shop',
    });
    expect(app('shell').spec).toMatchObject({ script: '/bin/bash', args: ['-c', 'sleep 1000'], interpreter: 'none' });
    expect(app('bin').spec).toMatchObject({ script: '/bin/sleep', args: ['1000'], interpreter: 'none' });
  });

  it("keeps the app's variables, without PM2's own and without those of who types the command", () => {
    expect(app('web').spec.env).toEqual({ PATH: `${root}/bin:/usr/bin:/bin`, HOME: root, PORT: '0', SECRET_TOKEN: 'not-one' });
    expect(app('web').spec).toMatchObject({ incrementVar: 'PORT', filterEnv: false });
    expect(app('web').spec.envLayers).toEqual([
      { source: 'config', file: '/home/x/.pm2/dump.pm2', key: 'env', names: ['PATH', 'HOME', 'PORT', 'SECRET_TOKEN'] },
    ]);
    expect(app('sleeper').spec).toMatchObject({ env: { A: '1', B: '{"c":2}' }, filterEnv: ['NPM'] });
  });

  it('keeps the policy', () => {
    expect(app('web').spec).toMatchObject({ maxMemoryBytes: 104_857_600, killTimeoutMs: 4000, listenTimeoutMs: 5000, autorestart: true });
    expect(app('worker').spec).toMatchObject({
      autorestart: false,
      restartDelayMs: 100,
      expBackoffMs: 100,
      maxRestarts: 5,
      minUptimeMs: 2000,
      stopExitCodes: [0, 3],
      schedule: { pattern: '0 3 * * *', timeZone: null },
      shutdownWithMessage: true,
      treekill: false,
      instanceVar: 'INST',
    });
  });

  it('keeps where logs go, with the id taken out where PM2 had put one in', () => {
    const logs = (name: string): unknown => {
      const { outFile, errorFile, combinedFile, pidFile, mergeLogs } = app(name).spec;
      return { outFile, errorFile, combinedFile, pidFile, mergeLogs };
    };
    expect(logs('web')).toEqual({
      outFile: `${root}/.pm2/logs/web-out.log`,
      errorFile: `${root}/.pm2/logs/web-error.log`,
      combinedFile: null,
      pidFile: null,
      mergeLogs: false,
    });
    expect(logs('worker')).toMatchObject({ outFile: `${root}/w-out.log`, errorFile: null, mergeLogs: true });
    expect(logs('many')).toMatchObject({ combinedFile: `${root}/all.log`, outFile: `${root}/.pm2/logs/many-out.log` });
    expect(logs('bin')).toMatchObject({ pidFile: `${root}/bin.pid` });
    expect(app('web').spec.logDateFormat).toBe('YYYY');
    expect(app('shell').spec).toMatchObject({ logJson: true, outFile: null });
  });
});

it('a stopped app with a schedule waits for it, as in PM2', async () => {
  const { apps } = await read([{ ...fixture()[1], status: 'stopped' }]);
  expect(apps[0]!.slots).toEqual([{ slot: 0, goal: 'down', waits: true }]);
});

it('an app that had failed is wanted all the same', async () => {
  const { apps } = await read([entry({ status: 'errored' }), entry({ name: 'b', status: 'waiting restart' })]);
  expect(apps.flatMap(({ slots }) => slots)).toEqual([
    { slot: 0, goal: 'up' },
    { slot: 0, goal: 'up' },
  ]);
});

it('two programs under one name become two apps', async () => {
  const { apps, warnings } = await read([entry({}), entry({ pm_exec_path: `${root}/other.js` }), entry({})]);
  expect(apps.map(({ spec, slots }) => `${spec.name} ${spec.script} ${slots.length}`)).toEqual([
    `worker ${root}/idle.js 2`,
    `worker-2 ${root}/other.js 1`,
  ]);
  expect(warnings).toEqual([`worker runs two programs under one name in PM2; ${root}/other.js is worker-2 here.`]);
});

it('what cannot be started is left out and said, and keeps no other from coming back', async () => {
  const { apps, leftOut } = await read([
    entry({ name: 'gone', pm_exec_path: `${root}/gone.js` }),
    entry({ name: 'all' }),
    entry({ name: 'wrong', kill_timeout: 'soon' }),
    entry({ name: 'module', pmx_module: true }),
    entry({ name: undefined }),
    entry({ name: 'nowhere', pm_cwd: undefined }),
    'text',
    null,
    entry({ name: 'fine' }),
  ]);
  expect(apps.map(({ spec }) => spec.name)).toEqual(['fine']);
  expect(leftOut).toEqual([
    'number 4 of the list: module is a module of PM2',
    'number 5 of the list: it has no name',
    'number 6 of the list: nowhere has no pm_cwd',
    'number 7 of the list: it is no object',
    'number 8 of the list: it is no object',
    expect.stringContaining(`app gone: `),
    expect.stringContaining('app all: its name is "all"'),
    expect.stringContaining('app wrong: kill_timeout is "soon"'),
  ]);
});

it('a dump of ours comes back as it is; anything else is refused', async () => {
  const [one] = (await read(fixture())).apps;
  expect(await read({ version: STATE_VERSION, apps: [one] })).toEqual({ apps: [one], warnings: [], leftOut: [], isPm2: false });
  expect((await read([])).apps).toEqual([]);
  for (const value of [{}, { version: 999, apps: [] }, { version: STATE_VERSION, apps: [{}] }, 7, null])
    await expect(read(value)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^Cannot resurrect from .*It was left as it is\.$/),
    });
});

// From what the user wrote to the app spec: defaults, flags, environment, log files, folders, selection.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import * as v from 'valibot';
import { createConfigFolder, NODE, requestIn } from '../../test/config-kit.ts';
import type { ConfigFolder, Read } from '../../test/config-kit.ts';
import { appSpecSchema } from '../model/app-spec.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { ATTRIBUTES } from './schema.ts';
import { findConfig, isConfigFile, readNames, readSpecs } from './specs.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
  folder.write('dist/app.js', '');
});
afterEach(() => folder.remove());

/** Reads one app from a JSON file. */
async function readApp(app: unknown, request: Parameters<ConfigFolder['read']>[1] = {}): Promise<Read & { readonly spec: AppSpec }> {
  folder.write('app.json', JSON.stringify({ apps: [app] }));
  const read = await folder.read('app.json', request);
  expect(read.errors).toEqual([]);
  return { ...read, spec: read.specs[0]! };
}

describe('readSpecs', () => {
  it('makes exactly this spec of the example configuration', async () => {
    folder.write(
      'ecosystem.config.json',
      `{ apps: [{ name: 'track-backend', script: './dist/app.js', autorestart: true, max_restarts: 10, min_uptime: '10s', restart_delay: 2000,
        exp_backoff_restart_delay: 100, instances: 2, exec_mode: 'cluster', max_memory_restart: '1G', kill_timeout: 5000, env: { NODE_ENV: 'production', PORT: 10000 } }] }`,
    );
    const { root } = folder;
    expect(await folder.read('ecosystem.config.json')).toEqual({
      errors: [],
      warnings: [],
      notes: [],
      specs: [
        {
          name: 'track-backend',
          namespace: 'default',
          script: `${root}/dist/app.js`,
          args: [],
          cwd: root,
          interpreter: NODE,
          interpreterArgs: [],
          mode: 'cluster',
          instances: 2,
          env: { PATH: `${root}/bin`, HOME: `${root}/home`, NODE_ENV: 'production', PORT: '10000' },
          instanceVar: 'NODE_APP_INSTANCE',
          incrementVar: null,
          sourceMapSupport: true,
          host: 'track-backend',
          autostart: true,
          autorestart: true,
          maxRestarts: 10,
          minUptimeMs: 10_000,
          restartDelayMs: 2000,
          restartWindowMs: 60_000,
          expBackoffMs: 100,
          expBackoffMaxMs: 15_000,
          stopExitCodes: [],
          erroredRetryMs: 0,
          maxMemoryBytes: 2 ** 30,
          killTimeoutMs: 5000,
          treekill: true,
          shutdownWithMessage: false,
          waitReady: false,
          listenTimeoutMs: null,
          drainIdleMs: 1000,
          drainTimeoutMs: 10_000,
          queueLimit: 1024,
          queueTimeoutMs: 30_000,
          outFile: '/logs/track-backend-out.log',
          errorFile: '/logs/track-backend-error.log',
          mergeLogs: false,
          logDateFormat: null,
        },
      ],
    });
  });

  it('fills every default for a script alone', async () => {
    const { specs, errors, warnings, notes } = await folder.read('app.js');
    expect([errors, warnings, notes]).toEqual([[], [], []]);
    expect(specs[0]).toMatchObject({ name: 'app', mode: 'fork', instances: 1, host: 'shared', maxRestarts: 16, minUptimeMs: 1000, restartDelayMs: 0, expBackoffMs: 0, maxMemoryBytes: null, killTimeoutMs: 1600, mergeLogs: true });
  });

  it('honours falsy values and takes strings for numbers and booleans', async () => {
    const { spec, warnings } = await readApp({
      script: 'app.js', max_restarts: 0, kill_timeout: 0, merge_logs: false, source_map_support: false, stop_exit_codes: 0, log_date_format: false,
      autorestart: 'false', wait_ready: 'TRUE', restart_delay: '4000', instances: '2', exec_mode: 'Fork_Mode', max_memory_restart: '1.5GB', treekill: false,
    });
    expect(warnings).toEqual([]);
    expect(spec).toMatchObject({ maxRestarts: 0, killTimeoutMs: 0, mergeLogs: false, sourceMapSupport: false, stopExitCodes: [0], logDateFormat: null, autorestart: false, waitReady: true, restartDelayMs: 4000, instances: 2, mode: 'fork', maxMemoryBytes: 1.5 * 2 ** 30, treekill: false });
  });

  it('takes undefined, null and the empty string for nothing said', async () => {
    const { spec } = await readApp({ script: 'app.js', name: null, max_restarts: '', kill_timeout: null, args: '', interpreter: '', env: '' });
    expect(spec).toMatchObject({ name: 'app', maxRestarts: 16, killTimeoutMs: 1600, args: [], interpreter: NODE });
  });

  it.each([
    ['1.5G', 1.5 * 2 ** 30], ['300K', 300 * 2 ** 10], ['512MB', 512 * 2 ** 20], ['500m', 500 * 2 ** 20], [1000, 1000], [0, null], [false, null],
  ])('reads max_memory_restart %j', async (written, bytes) => {
    expect((await readApp({ script: 'app.js', max_memory_restart: written })).spec.maxMemoryBytes).toBe(bytes);
  });

  it.each([['5s', 5000], ['10 s', 10_000], ['1000ms', 1000], ['2m', 120_000], ['1.5h', 5_400_000], [1, 1]])('reads kill_timeout %j', async (written, ms) => {
    expect((await readApp({ script: 'app.js', kill_timeout: written })).spec.killTimeoutMs).toBe(ms);
  });

  it.each([['max', 4], ['auto', 4], [0, 4], ['0', 4], [-1, 3], ['-1', 3], [-9, 1], ['7', 7], ['3,', 3]])('reads instances %j on four cores', async (written, count) => {
    expect((await readApp({ script: 'app.js', instances: written })).spec.instances).toBe(count);
  });

  it('understands every attribute in camelCase and by each alias', async () => {
    const { spec, warnings } = await readApp({ exec: 'app.js', execMode: 'cluster', maxMemoryRestart: '1G', expBackoffRestartDelay: 7, killTimeout: 9, outFile: 'o.log', err_file: 'e.log', interpreterArgs: '--harmony', combine_logs: true, waitReady: true, stopExitCodes: [1], instanceVar: 'I', restartWindow: '5s' });
    expect(warnings).toEqual([]);
    expect(spec).toMatchObject({ mode: 'cluster', maxMemoryBytes: 2 ** 30, expBackoffMs: 7, killTimeoutMs: 9, outFile: `${folder.root}/o.log`, errorFile: `${folder.root}/e.log`, interpreterArgs: ['--harmony'], mergeLogs: true, waitReady: true, stopExitCodes: [1], instanceVar: 'I', restartWindowMs: 5000 });
  });

  it('splits args like a shell and keeps the items of a list', async () => {
    expect((await readApp({ script: 'app.js', args: String.raw`run --mode "read only" 'a b' C:\dir` })).spec.args).toEqual(['run', '--mode', 'read only', 'a b', String.raw`C:\dir`]);
    expect((await readApp({ script: 'app.js', args: ['a b', 3, true] })).spec.args).toEqual(['a b', '3', 'true']);
    expect((await readApp({ script: 'app.js', node_args: ' --max-old-space-size=640 ' })).spec.interpreterArgs).toEqual(['--max-old-space-size=640']);
  });

  it('puts a cluster app into a host of its own, a fork app into the shared one, either into a named one', async () => {
    expect((await readApp({ script: 'app.js', name: 'a', instances: 1 })).spec).toMatchObject({ mode: 'cluster', host: 'a' });
    expect((await readApp({ script: 'app.js', name: 'a' })).spec).toMatchObject({ mode: 'fork', host: 'shared' });
    expect((await readApp({ script: 'app.js', name: 'a', instances: 2, host: 'web' })).spec.host).toBe('web');
  });
});

describe('the environment', () => {
  it("lays env, env_<name> and port over the caller's, as strings", async () => {
    const app = { script: 'app.js', env: { A: 1, B: true, C: { x: 1 }, D: null, E: 'file' }, env_production: { A: 2, F: 'p' }, port: '3000' };
    const caller = { PATH: '/bin', A: 'caller', D: 'caller', GONE: undefined };
    expect((await readApp(app, { callerEnv: caller })).spec.env).toEqual({ PATH: '/bin', A: '1', B: 'true', C: '{"x":1}', D: 'caller', E: 'file', PORT: '3000' });
    expect((await readApp(app, { callerEnv: caller, flags: { env: 'production' } })).spec.env).toEqual({ PATH: '/bin', A: '2', B: 'true', C: '{"x":1}', D: 'caller', E: 'file', F: 'p', PORT: '3000' });
  });

  it("never passes the manager's wiring or another instance's numbers", async () => {
    const caller = { PATH: '/bin', HOLDFAST_HOME: '/h', NODE_CHANNEL_FD: '3', NODE_UNIQUE_ID: '1', NODE_CHANNEL_SERIALIZATION_MODE: 'json', HOLDFAST_PRELOAD: 'fork', HOLDFAST_SOURCE_MAPS: '1', pm_id: '7', NODE_APP_INSTANCE: '2' };
    const { spec, warnings } = await readApp({ script: 'app.js', env: { NODE_UNIQUE_ID: '9' } }, { callerEnv: caller });
    expect(spec.env).toEqual({ PATH: '/bin', HOLDFAST_HOME: '/h' });
    expect(warnings).toEqual(['app.json: app app: env sets NODE_UNIQUE_ID, which belongs to the manager; ignored.']);
  });

  it('asks for --env where only env_<name> blocks exist', async () => {
    const { notes } = await readApp({ script: 'app.js', env_staging: { PORT: 1 }, env_production: { PORT: 2 } });
    expect(notes).toEqual(['app.json: app app: it has env_staging and env_production but no env, so nothing is set. Start with --env staging?']);
  });

  it('warns of an --env that an app does not have', async () => {
    const { warnings } = await readApp({ script: 'app.js', env_production: {} }, { flags: { env: 'prodution' } });
    expect(warnings).toEqual(['app.json: app app: --env prodution has no env_prodution here: it has env_production. Did you mean --env production?']);
  });
});

describe('log files', () => {
  it('are relative to cwd, with ~ expanded and null for the two spellings of nothing', async () => {
    folder.write('sub/app.js', '');
    const at = async (out: string): Promise<string | null> => (await readApp({ script: 'app.js', cwd: 'sub', out_file: out })).spec.outFile;
    expect(await at('../logs/x.log')).toBe(`${folder.root}/logs/x.log`);
    expect(await at('~/x.log')).toBe(`${folder.root}/home/x.log`);
    expect(await at('/proc/1/fd/1')).toBe('/proc/1/fd/1');
    expect(await at('/dev/null')).toBeNull();
    expect(await at('NULL')).toBeNull();
  });

  it('have a name of one part for an app whose name has slashes', async () => {
    expect((await readApp({ script: 'app.js', name: 'a.b/hawk' })).spec.outFile).toBe('/logs/a.b-hawk-out.log');
  });

  it('are merged for a fork app without instances only, unless said otherwise', async () => {
    expect((await readApp({ script: 'app.js' })).spec.mergeLogs).toBe(true);
    expect((await readApp({ script: 'app.js', exec_mode: 'fork', instances: 2 })).spec.mergeLogs).toBe(false);
    expect((await readApp({ script: 'app.js', exec_mode: 'cluster' })).spec.mergeLogs).toBe(false);
    expect((await readApp({ script: 'app.js', exec_mode: 'cluster', merge_logs: true })).spec.mergeLogs).toBe(true);
  });

  it('have times in the given format, which wins over time: true', async () => {
    expect((await readApp({ script: 'app.js', time: true })).spec.logDateFormat).toBe('YYYY-MM-DDTHH:mm:ss');
    const { spec, warnings } = await readApp({ script: 'app.js', time: true, log_date_format: 'HH:mm' });
    expect(spec.logDateFormat).toBe('HH:mm');
    expect(warnings[0]).toContain('time and log_date_format are both given; log_date_format (HH:mm) is used');
  });
});

describe('the command line', () => {
  it('describes a script', async () => {
    const flags = { name: 'web', instances: 'max', 'kill-timeout': '3s', 'no-autorestart': true, 'node-args': '--harmony --no-opt', 'stop-exit-codes': ['0,143', '2'], output: 'o.log', time: true, 'disable-source-map-support': true, 'errored-retry': '5m' } as const;
    const { specs, errors } = await folder.read('app.js', { flags, scriptArgs: ['--port', '1 2'] });
    expect(errors).toEqual([]);
    expect(specs[0]).toMatchObject({ name: 'web', instances: 4, mode: 'cluster', killTimeoutMs: 3000, autorestart: false, interpreterArgs: ['--harmony', '--no-opt'], stopExitCodes: [0, 143, 2], outFile: `${folder.root}/o.log`, args: ['--port', '1 2'], sourceMapSupport: false, erroredRetryMs: 300_000 });
    expect(specs[0]!.logDateFormat).toBe('YYYY-MM-DDTHH:mm:ss');
  });

  it('names the option in its mistakes', async () => {
    expect((await folder.read('app.js', { flags: { 'kill-timeout': '5x' } })).errors).toEqual(['app app: --kill-timeout is "5x", which is no duration; accepted: milliseconds, or a string such as "10s", "500ms", "2m".']);
  });

  it('overrides cwd and namespace of a config file and says that other options do not count there', async () => {
    folder.write('sub/app.js', '');
    const { spec, warnings } = await readApp({ script: 'app.js', cwd: '/nowhere' }, { flags: { cwd: 'sub', namespace: 'n', instances: '3' }, scriptArgs: ['x'] });
    expect(spec).toMatchObject({ cwd: `${folder.root}/sub`, namespace: 'n', instances: 1, args: [] });
    expect(warnings).toEqual(['--instances has no effect with a config file, as in PM2. Set it in app.json.', 'what stands after -- has no effect with a config file. Set args in app.json.']);
  });

  it('says that --env and --only mean nothing for a script', async () => {
    const { warnings } = await folder.read('app.js', { flags: { env: 'x', only: 'y' } });
    expect(warnings).toEqual(['--env has no effect: app.js is a script, not a config file.', '--only has no effect: app.js is a script, not a config file.']);
  });

  it('selects apps with --only and refuses a name that is not there', async () => {
    folder.write('three.json', '[{"name":"a","script":"app.js"},{"name":"b","script":"app.js"},{"name":"c","script":"gone.js"}]');
    const { specs, errors } = await folder.read('three.json', { flags: { only: 'a, b' } });
    expect([specs.map(({ name }) => name), errors]).toEqual([['a', 'b'], []]);
    expect((await folder.read('three.json', { flags: { only: 'a,bb' } })).errors).toEqual(['--only bb matches no app; there are a, b, c. Did you mean b?']);
  });

  it('takes several targets of both kinds', async () => {
    folder.write('one.json', '{"script":"app.js"}');
    const { specs } = await folder.read('', { targets: ['one.json', 'dist/app.js'], flags: { name: 'other' } });
    expect(specs.map(({ name, script }) => [name, script])).toEqual([['app', `${folder.root}/app.js`], ['other', `${folder.root}/dist/app.js`]]);
  });
});

describe('folders', () => {
  it("are the caller's first, as in PM2", async () => {
    folder.write('conf/app.js', '');
    folder.write('conf/x.json', '{"script":"app.js"}');
    expect((await folder.read('conf/x.json')).specs[0]).toMatchObject({ cwd: folder.root, script: `${folder.root}/app.js` });
  });

  it("are the config file's where only that has the script, and that is said", async () => {
    folder.write('conf/only.js', '');
    folder.write('conf/x.json', '{"script":"./only.js"}');
    const { specs, notes } = await folder.read('conf/x.json');
    expect(specs[0]).toMatchObject({ cwd: `${folder.root}/conf`, script: `${folder.root}/conf/only.js` });
    expect(notes).toEqual([`conf/x.json: app only: it runs in ${folder.root}/conf, the folder of the config file: ${folder.root} has no ./only.js.`]);
  });

  it("are the config file's where only that has the named cwd, and that is said", async () => {
    folder.write('conf/apps/api/server.js', '');
    folder.write('conf/x.json', '{"script":"server.js","cwd":"./apps/api"}');
    const { specs, notes } = await folder.read('conf/x.json');
    expect(specs[0]).toMatchObject({ cwd: `${folder.root}/conf/apps/api`, script: `${folder.root}/conf/apps/api/server.js` });
    expect(notes).toHaveLength(1);
  });
});

describe('isConfigFile and findConfig', () => {
  it.each(['ecosystem.config.js', 'a/b.config.cjs', 'x.config.mjs', 'x.config.ts', 'apps.json', 'apps.json5', 'package.json', 'x.yml', '/srv/x.YAML'])('takes %s for a config file', (name) => {
    expect(isConfigFile(name)).toBe(true);
  });

  it.each(['app.js', 'config.js', 'app.production.js', 'src/index.ts', 'npm', 'all', 'node app.js --config x.json', 'x.jsonl'])('takes %s for something else', (name) => {
    expect(isConfigFile(name)).toBe(false);
  });

  it('finds the config file of a folder, and a package.json only with apps', () => {
    expect(findConfig(folder.root)).toBeNull();
    folder.write('package.json', '{ "name": "x" }');
    expect(findConfig(folder.root)).toBeNull();
    folder.write('package.json', '{ "pm2": { "script": "app.js" } }');
    expect(findConfig(folder.root)).toBe(`${folder.root}/package.json`);
    folder.write('ecosystem.config.yml', '');
    expect(findConfig(folder.root)).toBe(`${folder.root}/ecosystem.config.yml`);
    folder.write('ecosystem.config.js', '');
    expect(findConfig(folder.root)).toBe(`${folder.root}/ecosystem.config.js`);
  });
});

describe('readNames', () => {
  it('names the apps of a config file whose scripts are gone', async () => {
    folder.write('x.json', '[{"name":"a","script":"gone.js","cwd":"/nowhere"},{"script":"also/gone.js","kill_timeout":"x"}]');
    expect(await readNames(requestIn(folder.root, 'x.json'))).toEqual({ names: ['a', 'gone'], errors: [] });
  });
});

describe('whatever an app says', () => {
  it('is refused with an error or becomes a spec that the daemon accepts', async () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.array(fc.oneof(fc.string(), fc.integer())), fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom('10s', '1G', 'max', 'cluster', 'true', '/dev/null', 'node', 'none', 'app.js'));
    const app = fc.array(fc.tuple(fc.constantFrom(...Object.keys(ATTRIBUTES)), value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(app, fc.string(), async (raw, unknownKey) => {
        folder.write('any.json', JSON.stringify({ apps: [{ script: 'app.js', [unknownKey]: 1, ...raw }] }));
        const { specs, errors } = await readSpecs(requestIn(folder.root, 'any.json'));
        if (errors.length > 0) return;
        expect(specs).toHaveLength(1);
        expect(v.safeParse(appSpecSchema, specs[0]).issues).toBeUndefined();
        accepted += 1;
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

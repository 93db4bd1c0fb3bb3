// From what the user wrote to the app spec: defaults, spellings, folders, and that nothing gets through which the daemon refuses.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import * as v from 'valibot';
import { createConfigFolder, NODE, readApp, requestIn } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import { appSpecSchema } from '../model/app-spec.ts';
import { ATTRIBUTES } from './schema.ts';
import { readSpecs } from './specs.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
  folder.write('dist/app.js', '');
});
afterEach(() => folder.remove());

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
          envLayers: [
            { source: 'shell', file: null, key: null, names: ['PATH', 'HOME'] },
            { source: 'config', file: `${root}/ecosystem.config.json`, key: 'env', names: ['NODE_ENV', 'PORT'] },
          ],
          filterEnv: false,
          user: null,
          instanceVar: 'NODE_APP_INSTANCE',
          incrementVar: null,
          sourceMapSupport: true,
          echo: { env: { PORT: 10_000 } },
          host: 'track-backend',
          dependsOn: [],
          dependsTimeoutMs: 600_000,
          autostart: true,
          autorestart: true,
          maxRestarts: 10,
          minUptimeMs: 10_000,
          restartDelayMs: 2000,
          restartWindowMs: 60_000,
          expBackoffMs: 100,
          expBackoffMaxMs: 15_000,
          stopExitCodes: [],
          stopSignal: 'SIGINT',
          erroredRetryMs: 0,
          maxMemoryBytes: 2 ** 30,
          schedule: null,
          watch: { isOn: false, paths: [], ignore: [], extensions: null, delayMs: 200, followsLinks: false, pollMs: null },
          killTimeoutMs: 5000,
          treekill: true,
          shutdownWithMessage: false,
          waitReady: false,
          onListenTimeout: 'fail',
          rolloutTimeoutMs: 600_000,
          bakeTimeMs: 0,
          surge: 'one',
          readiness: null,
          liveness: null,
          maxLoopBlockMs: null,
          listenTimeoutMs: null,
          drainIdleMs: 1000,
          drainTimeoutMs: 10_000,
          queueLimit: 1024,
          queueTimeoutMs: 30_000,
          balance: 'round-robin',
          standby: 0,
          outFile: '/logs/track-backend-out.log',
          errorFile: '/logs/track-backend-error.log',
          combinedFile: null,
          pidFile: null,
          mergeLogs: false,
          logJson: false,
          logDateFormat: null,
          logRotation: {
            maxBytes: 50 * 2 ** 20,
            everyMs: null,
            maxFiles: 5,
            maxAgeMs: null,
            compress: true,
            totalMaxBytes: 2 ** 30,
          },
        },
      ],
    });
  });

  it('fills every default for a script alone', async () => {
    const { specs, errors, warnings, notes } = await folder.read('app.js');
    expect([errors, warnings, notes]).toEqual([[], [], []]);
    expect(specs[0]).toMatchObject({
      name: 'app',
      mode: 'fork',
      instances: 1,
      host: 'shared',
      maxRestarts: 16,
      minUptimeMs: 1000,
      restartDelayMs: 0,
      expBackoffMs: 0,
      maxMemoryBytes: null,
      killTimeoutMs: 1600,
      mergeLogs: true,
    });
  });

  it('honours falsy values and takes strings for numbers and booleans', async () => {
    const { spec, warnings } = await readApp(folder, {
      script: 'app.js',
      max_restarts: 0,
      kill_timeout: 0,
      merge_logs: false,
      source_map_support: false,
      stop_exit_codes: 0,
      log_date_format: false,
      autorestart: 'false',
      wait_ready: 'TRUE',
      restart_delay: '4000',
      instances: '2',
      exec_mode: 'Fork_Mode',
      max_memory_restart: '1.5GB',
      treekill: false,
    });
    expect(warnings).toEqual([]);
    expect(spec).toMatchObject({
      maxRestarts: 0,
      killTimeoutMs: 0,
      mergeLogs: false,
      sourceMapSupport: false,
      stopExitCodes: [0],
      logDateFormat: null,
      autorestart: false,
      waitReady: true,
      restartDelayMs: 4000,
      instances: 2,
      mode: 'fork',
      maxMemoryBytes: 1.5 * 2 ** 30,
      treekill: false,
    });
  });

  it('takes undefined, null and the empty string for nothing said', async () => {
    const { spec } = await readApp(folder, {
      script: 'app.js',
      name: null,
      max_restarts: '',
      kill_timeout: null,
      args: '',
      interpreter: '',
      env: '',
    });
    expect(spec).toMatchObject({ name: 'app', maxRestarts: 16, killTimeoutMs: 1600, args: [], interpreter: NODE });
  });

  it.each([
    ['1.5G', 1.5 * 2 ** 30],
    ['300K', 300 * 2 ** 10],
    ['512MB', 512 * 2 ** 20],
    ['500m', 500 * 2 ** 20],
    [1000, 1000],
    [0, null],
    [false, null],
  ])('reads max_memory_restart %j', async (written, bytes) => {
    expect((await readApp(folder, { script: 'app.js', max_memory_restart: written })).spec.maxMemoryBytes).toBe(bytes);
  });

  it.each([
    ['5s', 5000],
    ['10 s', 10_000],
    ['1000ms', 1000],
    ['2m', 120_000],
    ['1.5h', 5_400_000],
    [1, 1],
  ])('reads kill_timeout %j', async (written, ms) => {
    expect((await readApp(folder, { script: 'app.js', kill_timeout: written })).spec.killTimeoutMs).toBe(ms);
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    [' sigquit ', 'SIGQUIT'],
    ['hup', 'SIGHUP'],
    ['15', 'SIGTERM'],
    [10, 'SIGUSR1'],
    [undefined, 'SIGINT'],
  ])('reads kill_signal %j', async (written, signal) => {
    expect((await readApp(folder, { script: 'app.js', kill_signal: written })).spec.stopSignal).toBe(signal);
  });

  it.each([
    ['max', 4],
    ['auto', 4],
    [0, 4],
    ['0', 4],
    [-1, 3],
    ['-1', 3],
    [-9, 1],
    ['7', 7],
    ['3,', 3],
  ])('reads instances %j on four cores', async (written, count) => {
    expect((await readApp(folder, { script: 'app.js', instances: written })).spec.instances).toBe(count);
  });

  it('understands every attribute in camelCase and by each alias', async () => {
    const { spec, warnings } = await readApp(folder, {
      exec: 'app.js',
      execMode: 'cluster',
      maxMemoryRestart: '1G',
      expBackoffRestartDelay: 7,
      killTimeout: 9,
      outFile: 'o.log',
      err_file: 'e.log',
      interpreterArgs: '--harmony',
      combine_logs: true,
      waitReady: true,
      stopExitCodes: [1],
      instanceVar: 'I',
      restartWindow: '5s',
    });
    expect(warnings).toEqual([]);
    expect(spec).toMatchObject({
      mode: 'cluster',
      maxMemoryBytes: 2 ** 30,
      expBackoffMs: 7,
      killTimeoutMs: 9,
      outFile: `${folder.root}/o.log`,
      errorFile: `${folder.root}/e.log`,
      interpreterArgs: ['--harmony'],
      mergeLogs: true,
      waitReady: true,
      stopExitCodes: [1],
      instanceVar: 'I',
      restartWindowMs: 5000,
    });
  });

  it.each([
    ['node_modules logs', ['node_modules', 'logs']],
    ['"my logs" *.tmp', ['my logs', '*.tmp']],
    [
      ['my logs', '*.tmp'],
      ['my logs', '*.tmp'],
    ],
  ])('reads ignore_watch %j as names', async (written, names) => {
    const { spec } = await readApp(folder, { script: 'app.js', watch: true, ignore_watch: written });
    expect(spec.watch.ignore.map(({ text }) => text)).toEqual(names);
  });

  it('splits args like a shell and keeps the items of a list', async () => {
    expect((await readApp(folder, { script: 'app.js', args: String.raw`run --mode "read only" 'a b' C:\dir` })).spec.args).toEqual([
      'run',
      '--mode',
      'read only',
      'a b',
      String.raw`C:\dir`,
    ]);
    expect((await readApp(folder, { script: 'app.js', args: ['a b', 3, true] })).spec.args).toEqual(['a b', '3', 'true']);
    expect((await readApp(folder, { script: 'app.js', node_args: ' --max-old-space-size=640 ' })).spec.interpreterArgs).toEqual([
      '--max-old-space-size=640',
    ]);
  });

  it('puts a cluster app into a host of its own, a fork app into the shared one, either into a named one', async () => {
    expect((await readApp(folder, { script: 'app.js', name: 'a', instances: 1 })).spec).toMatchObject({ mode: 'cluster', host: 'a' });
    expect((await readApp(folder, { script: 'app.js', name: 'a' })).spec).toMatchObject({ mode: 'fork', host: 'shared' });
    expect((await readApp(folder, { script: 'app.js', name: 'a', instances: 2, host: 'web' })).spec.host).toBe('web');
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
    expect(notes).toEqual([
      `conf/x.json: app only: it runs in ${folder.root}/conf, the folder of the config file: ${folder.root} has no ./only.js.`,
    ]);
  });

  it("are the config file's where only that has the named cwd, and that is said", async () => {
    folder.write('conf/apps/api/server.js', '');
    folder.write('conf/x.json', '{"script":"server.js","cwd":"./apps/api"}');
    const { specs, notes } = await folder.read('conf/x.json');
    expect(specs[0]).toMatchObject({ cwd: `${folder.root}/conf/apps/api`, script: `${folder.root}/conf/apps/api/server.js` });
    expect(notes).toHaveLength(1);
  });
});

describe('whatever an app says', () => {
  it('is refused with an error or becomes a spec that the daemon accepts', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.array(fc.oneof(fc.string(), fc.integer())),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom('10s', '1G', 'max', 'cluster', 'true', '/dev/null', 'node', 'none', 'app.js'),
    );
    const app = fc
      .array(fc.tuple(fc.constantFrom(...Object.keys(ATTRIBUTES)), value), { maxLength: 3 })
      .map((entries) => Object.fromEntries(entries));
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

// PM2's list: its shape, key by key.
import { describe, expect, it } from 'vitest';
import { appSpec, appView, instanceView } from '../../test/canned-views.ts';
import { NOW } from '../../test/run-cli.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { VERSION } from '../model/version.ts';
import type { InstanceView, Status } from '../model/view.ts';
import { printJlist } from './jlist.ts';
import { toPm2Status } from '../model/pm2-status.ts';

const surroundings = {
  username: 'me',
  home: '/home/me/.holdfast',
  signalNumber: (signal: string) => ({ SIGKILL: 9 })[signal],
  versionOf: (script: string) => (script === '/srv/api/app.js' ? '1.2.3' : null),
};
const exit = { code: null, signal: null, error: null, launchError: null };

interface Entry {
  readonly pid: number;
  readonly pm_id: number;
  readonly pm2_env: Readonly<Record<string, unknown>>;
}

function list(...apps: Parameters<typeof printJlist>[0]['apps']): Entry[] {
  return JSON.parse(printJlist({ apps, alerts: [] }, surroundings)) as Entry[];
}

const first = (instance: InstanceView, spec = appSpec()): Entry => list(appView([instance], spec))[0]!;

describe('jlist', () => {
  it('is one line without a newline; an empty list is []', () => {
    expect(printJlist({ apps: [], alerts: [] }, surroundings)).toBe('[]');
    expect(printJlist({ apps: [appView([instanceView()], appSpec({ env: { A: 'x\ny' } }))], alerts: [] }, surroundings)).not.toContain(
      '\n',
    );
  });

  it('has every key of an online cluster instance', () => {
    const { unique_id: uniqueId, ...env } = first(instanceView({ id: 3, slot: 1, restarts: 2 })).pm2_env;
    expect(uniqueId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(env).toEqual({
      name: 'api',
      _pm2_version: VERSION,
      namespace: 'default',
      pm_id: 3,
      NODE_ENV: 'production',
      TOKEN: 'hush',
      version: '1.2.3',
      username: 'me',
      status: 'online',
      pm_uptime: NOW - 125_000,
      created_at: NOW - 3_600_000,
      restart_time: 2,
      unstable_restarts: 0,
      node_version: '20.20.2',
      vizion_running: false,
      pm_exec_path: '/srv/api/app.js',
      pm_cwd: '/srv/api',
      args: [],
      exec_interpreter: 'node',
      node_args: [],
      exec_mode: 'cluster_mode',
      instances: 2,
      instance_var: 'NODE_APP_INSTANCE',
      NODE_APP_INSTANCE: 1,
      pm_out_log_path: '/home/me/.holdfast/logs/api-out-3.log',
      pm_err_log_path: '/home/me/.holdfast/logs/api-error-3.log',
      PM2_HOME: '/home/me/.holdfast',
      autostart: true,
      autorestart: true,
      treekill: true,
      kill_retry_time: 100,
      watch: false,
      filter_env: [],
      windowsHide: true,
      vizion: false,
      pmx: false,
      automation: false,
      km_link: false,
      axm_actions: [],
      axm_monitor: {},
      axm_options: {},
      axm_dynamic: {},
      env: { NODE_ENV: 'production', TOKEN: 'hush' },
    });
  });

  it('has each variable beside env too, where none replaces a key of the list', () => {
    const spec = appSpec({ env: { A: 'x', name: 'other', status: 'fine' } });
    expect(first(instanceView(), spec).pm2_env).toMatchObject({ A: 'x', name: 'api', status: 'online', env: { name: 'other' } });
  });

  it('has a number of the config file as one, where nothing stands over it', () => {
    const layers = [
      { source: 'shell', file: null, key: null, names: ['A', 'B'] },
      { source: 'config', file: '/eco.json', key: 'env', names: ['A', 'B', 'C', 'ON'] },
      { source: 'env_file', file: '/.env', key: null, names: ['B'] },
      { source: 'config', file: '/eco.json', key: 'env_production', names: ['C'] },
      { source: 'config', file: '/eco.json', key: 'port', names: ['PORT'] },
    ] as const;
    const spec = appSpec({
      env: { A: '1', B: '2', C: '4', ON: 'true', PORT: '3000', TEXT: '5' },
      envLayers: layers.map((layer) => ({ ...layer, names: [...layer.names] })),
      echo: { port: 3000, env: { A: 1, B: 2, C: 3, ON: true }, env_production: { C: 4 } },
    });
    const typed = { A: 1, B: '2', C: 4, ON: true, PORT: 3000, TEXT: '5' };
    const { pm2_env: env } = first(instanceView(), spec);
    expect(env['env']).toEqual(typed);
    expect(env).toMatchObject(typed);
  });

  it('repeats what a config file says of environments that were not chosen, and of what it has no other key for', () => {
    const echo = { port: 80, force: false, source_map_support: true, env: { A: 1 }, env_staging: { B: 2, C: 'x' } };
    const { env: _, ...repeated } = echo;
    expect(first(instanceView(), appSpec({ echo })).pm2_env).toMatchObject({ ...repeated, env: appSpec().env });
  });

  it('repeats nothing of an app whose daemon is of an earlier version', () => {
    const { echo: _, ...earlier } = appSpec();
    expect(first(instanceView(), earlier as AppSpec).pm2_env).toEqual(first(instanceView()).pm2_env);
  });

  it('has pid, name, pm_id and monit beside it', () => {
    expect(first(instanceView({ id: 3 }))).toMatchObject({ pid: 4103, name: 'api', pm_id: 3, monit: { memory: 54_800_000, cpu: 0.3 } });
  });

  it('has keys of options where they are set, in the units of PM2', () => {
    const spec = appSpec({
      mode: 'fork',
      interpreter: '/usr/bin/python3',
      restartDelayMs: 2000,
      expBackoffMs: 100,
      maxMemoryBytes: 2 ** 30,
      listenTimeoutMs: 5000,
      stopExitCodes: [0, 143],
      logDateFormat: 'YYYY',
      incrementVar: 'PORT',
      env: { PORT: '3000' },
      killTimeoutMs: 5000,
      maxRestarts: 3,
      minUptimeMs: 2000,
      waitReady: true,
      shutdownWithMessage: true,
      mergeLogs: true,
      logJson: true,
      combinedFile: '/srv/api/all.log',
    });
    expect(first(instanceView({ slot: 1 }), spec).pm2_env).toMatchObject({
      exec_mode: 'fork_mode',
      exec_interpreter: '/usr/bin/python3',
      restart_delay: 2000,
      exp_backoff_restart_delay: 100,
      max_memory_restart: 1_073_741_824,
      listen_timeout: 5000,
      stop_exit_codes: [0, 143],
      log_date_format: 'YYYY',
      increment_var: 'PORT',
      PORT: 3001,
      kill_timeout: 5000,
      max_restarts: 3,
      min_uptime: 2000,
      wait_ready: true,
      shutdown_with_message: true,
      merge_logs: true,
      log_type: 'json',
      pm_log_path: '/srv/api/all.log',
    });
    const { watch } = appSpec();
    const polled = appSpec({
      sourceMapSupport: false,
      logDateFormat: 'YYYY-MM-DDTHH:mm:ss',
      watch: { ...watch, followsLinks: true, pollMs: 500 },
    });
    expect(first(instanceView(), polled).pm2_env).toMatchObject({
      disable_source_map_support: true,
      time: true,
      watch_options: { followSymlinks: true, usePolling: true, interval: 500 },
    });
    expect(first(instanceView(), appSpec({ outFile: null, errorFile: null })).pm2_env).toMatchObject({ disable_logs: true });
  });

  it.each([
    [{ ...exit, code: 7 }, 7],
    [{ ...exit, code: 0 }, 0],
    [{ ...exit, signal: 'SIGKILL' }, 137],
    [exit, undefined],
  ])('tells the real exit code of %j', (last, code) => {
    const tally = [
      { at: 2, exit: last, uptimeMs: 1, pid: 1 },
      { at: 1, exit: { ...exit, code: 99 }, uptimeMs: 1, pid: 1 },
    ];
    expect(first(instanceView({ tally })).pm2_env['exit_code']).toBe(code);
  });

  it('was created when somebody last asked for it, from when on it says which delay there was', () => {
    expect(first(instanceView({ createdAt: 1, askedAt: 5 })).pm2_env).toMatchObject({ created_at: 5, prev_restart_delay: 0 });
    expect(first(instanceView({ createdAt: 1, lastDelayMs: 100 })).pm2_env).toMatchObject({ created_at: 1, prev_restart_delay: 100 });
    expect(first(instanceView({ createdAt: 1 })).pm2_env).not.toHaveProperty('prev_restart_delay');
  });

  it('has pid 0 for a stopped instance, and no log path that is not there', () => {
    const entry = first(instanceView({ status: 'stopped', pid: null, startedAt: null, outPath: null, errorPath: null }));
    expect(entry.pid).toBe(0);
    expect(entry.pm2_env).toMatchObject({
      status: 'stopped',
      pm_out_log_path: '/dev/null',
      pm_err_log_path: '/dev/null',
      pm_uptime: NOW - 3_600_000,
    });
  });

  it('says where its rights, its filter and its pid file differ from the usual', async () => {
    const spec = appSpec({ user: { uid: 33, gid: 34 }, filterEnv: ['AWS'], pidFile: '/run/api.pid' });
    expect(first(instanceView({ id: 3 }), spec).pm2_env).toMatchObject({
      uid: 33,
      gid: 34,
      filter_env: ['AWS'],
      pm_pid_path: '/run/api-3.pid',
    });
  });

  it('has one entry per id, in their order: the one that holds the slot', () => {
    const api = [
      instanceView({ id: 2, role: 'leaving', pid: 1 }),
      instanceView({ id: 2, pid: 2 }),
      instanceView({ id: 4, slot: 1, role: 'successor', pid: 3 }),
    ];
    const job = [instanceView({ id: 3, app: 'job', pid: 5 })];
    const entries = list(appView(api, appSpec()), appView(job, appSpec({ name: 'job' })));
    expect(entries.map((entry) => [entry.pm_id, entry.pid])).toEqual([
      [2, 2],
      [3, 5],
      [4, 3],
    ]);
  });

  it('gives every instance a unique_id of its own, the same each time', () => {
    const ids = (): unknown[] =>
      [instanceView(), instanceView({ slot: 1 }), instanceView({ createdAt: 1 })].map((instance) => first(instance).pm2_env['unique_id']);
    expect(new Set(ids()).size).toBe(3);
    expect(ids()).toEqual(ids());
  });
});

describe('a status in the words of PM2', () => {
  it.each<[Status, string]>([
    ['starting', 'launching'],
    ['online', 'online'],
    ['draining', 'stopping'],
    ['stopping', 'stopping'],
    ['waiting restart', 'waiting restart'],
    ['stopped', 'stopped'],
    ['errored', 'errored'],
    ['unsupervised', 'online'],
  ])('%s is %s', (status, pm2) => {
    expect(toPm2Status(status)).toBe(pm2);
  });
});

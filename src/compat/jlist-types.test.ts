// The keys of our list and their types beside those of PM2 7.0.4, which was run on the same configuration; test/fixtures/pm2/jlist-types.json is what it said.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appView, instanceView } from '../../test/canned-views.ts';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import { NOW } from '../../test/run-cli.ts';
import type { InstanceView } from '../model/view.ts';
import { toJlist } from './jlist.ts';

type Types = Readonly<Record<string, string>>;
const THEIRS = JSON.parse(
  fs.readFileSync(path.resolve(import.meta.dirname, '../../test/fixtures/pm2/jlist-types.json'), 'utf8'),
) as Readonly<Record<string, Types>>;

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('idle.js', '');
  folder.write('bin/sleep', '', 0o755);
});
afterEach(() => folder.remove());

/** Last exit of an instance that is down. */
const exited = (code: number): InstanceView['tally'] => [
  { at: NOW, exit: { code, signal: null, error: null, launchError: null }, uptimeMs: 1, pid: 5 },
];
const down: Partial<InstanceView> = { status: 'stopped', pid: null, tally: exited(0) };

/** What only one of the two has, beyond what is said below: PM2's in the first list. */
const CASES: readonly (readonly [name: string, app: object, instance: Partial<InstanceView>, missing: string[], ours: string[]])[] = [
  ['plain', {}, {}, [], []],
  ['clu', { instances: 2, exec_mode: 'cluster', kill_timeout: 3000, listen_timeout: 4000, max_memory_restart: '100M' }, {}, [], []],
  [
    'opts',
    {
      args: 'a b',
      node_args: '--harmony',
      autorestart: false,
      max_restarts: 3,
      min_uptime: 2000,
      restart_delay: 100,
      exp_backoff_restart_delay: 50,
      stop_exit_codes: [0],
      shutdown_with_message: true,
      merge_logs: true,
      log_date_format: 'YYYY',
      log_type: 'json',
      cron_restart: '0 3 * * *',
      instance_var: 'INST',
      increment_var: 'PORT',
      env: { PORT: '3000' },
      filter_env: ['ZZ'],
      namespace: 'ns',
      treekill: false,
      log_file: 'all.log',
      source_map_support: true,
    },
    {},
    [],
    [],
  ],
  ['rep', { port: 3000, force: true, env: { N: 3, T: true }, env_production: { PP: 1, S: 'x' }, source_map_support: true }, {}, [], []],
  ['wready', { wait_ready: true, listen_timeout: 100 }, {}, [], []],
  ['dis', { disable_logs: true, time: true }, {}, [], []],
  [
    'maps',
    {
      disable_source_map_support: true,
      watch: ['.'],
      watch_options: { usePolling: true, interval: 500, followSymlinks: true },
      time: true,
    },
    {},
    [],
    [],
  ],
  ['stopped', {}, down, [], []],
  ['noauto', { autostart: false }, { ...down, tally: [], nodeVersion: null }, [], ['version']],
  ['err', { max_restarts: 2 }, { ...down, status: 'errored', tally: exited(1) }, [], []],
  ['sh', { script: 'sleep', interpreter: 'none', args: '100' }, { nodeVersion: null }, [], []],
  ['usr', { uid: 65_534, gid: 65_534 }, {}, [], []],
  ['cli', {}, {}, [], []],
];

/** Ours are there at all times: PM2 has them only for what `start` was given, or once they came up. */
const AT_ALL_TIMES = ['args', 'filter_env', 'watch'];
/** PM2 takes a single code out of its list, and forgets when what it has given up was created. */
const OTHER_TYPES = ['stop_exit_codes', 'created_at'];
/** PM2's once the process was restarted; a number where both have it. */
const NOW_AND_THEN = ['prev_restart_delay'];

it.each(CASES)('%s has the keys and types of PM2', async (...[name, app, instance, missing, ours]) => {
  const { spec } = await readApp(
    folder,
    { name, script: 'idle.js', ...app },
    { callerUid: 0, callerEnv: { PATH: `${folder.root}/bin` }, pidsFolder: '/pids' },
  );
  const mode = spec.mode;
  const [entry] = toJlist(
    { apps: [{ ...appView([instanceView({ app: name, mode, ...instance })], spec), watch: spec.watch.isOn ? 'on' : 'off' }] },
    { username: 'me', home: '/home', signalNumber: () => undefined, versionOf: () => null },
  );
  const here: Types = Object.fromEntries(
    Object.entries(entry!.pm2_env)
      .filter(([key, value]) => entry!.pm2_env.env[key] !== value)
      .map(([key, value]) => [key, typeOf(value)]),
  );
  const there = THEIRS[name]!;
  const beyond = (one: Types, other: Types): string[] =>
    Object.keys(one)
      .filter((key) => !(key in other) && !NOW_AND_THEN.includes(key))
      .sort();
  expect(beyond(there, here)).toEqual(missing);
  expect(beyond(here, there).filter((key) => !AT_ALL_TIMES.includes(key))).toEqual(ours);
  for (const [key, type] of Object.entries(here))
    if (key in there && !OTHER_TYPES.includes(key)) expect([key, type]).toEqual([key, there[key]]);
});

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

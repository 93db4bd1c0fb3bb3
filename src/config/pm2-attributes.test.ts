// Every attribute of PM2, and every option of its `start`: what a value of each becomes, under its name and under all its other spellings.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { START_FLAGS } from './flags.ts';
import { ATTRIBUTES, attributeNames, camelCase } from './schema.ts';
import type { AttributeName } from './schema.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
  folder.write('bin/perl', '', 0o755);
});
afterEach(() => folder.remove());

/** A value, what it becomes of a spec, and what has to be said besides for it to count. `%` stands for the folder. */
interface Reading {
  readonly value: unknown;
  readonly becomes: Partial<AppSpec>;
  readonly beside?: object;
}

const READINGS: Readonly<Partial<Record<AttributeName, Reading>>> = {
  script: { value: './app.js', becomes: { script: '%/app.js' } },
  name: { value: 'api', becomes: { name: 'api' } },
  name_prefix: { value: 'shop', becomes: { name: 'shop:app' } },
  append_env_to_name: { value: true, becomes: { name: 'app-production' } },
  namespace: { value: 'shop', becomes: { namespace: 'shop' } },
  cwd: { value: '/tmp', becomes: { cwd: '/tmp' }, beside: { script: '%/app.js' } },
  args: { value: 'a "b c"', becomes: { args: ['a', 'b c'] } },
  interpreter: { value: 'perl', becomes: { interpreter: 'perl' } },
  node_args: { value: '--harmony --no-opt', becomes: { interpreterArgs: ['--harmony', '--no-opt'] } },
  exec_mode: { value: 'cluster_mode', becomes: { mode: 'cluster' } },
  execute_command: { value: true, becomes: { mode: 'fork', instances: 2 }, beside: { instances: 2 } },
  instances: { value: 'max', becomes: { instances: 4, mode: 'cluster' } },
  env: { value: { A: 1 }, becomes: { env: expect.objectContaining({ A: '1' }) as never } },
  filter_env: { value: ['HOME'], becomes: { filterEnv: ['HOME'] } },
  port: { value: 3000, becomes: { env: expect.objectContaining({ PORT: '3000' }) as never } },
  io: { value: { conf: { http: false } }, becomes: { env: expect.objectContaining({ io: '{"conf":{"http":false}}' }) as never } },
  uid: { value: 4242, becomes: { user: { uid: 4242, gid: 4243 } }, beside: { gid: 4243 } },
  gid: { value: 4243, becomes: { user: { uid: 0, gid: 4243 } } },
  instance_var: { value: 'I', becomes: { instanceVar: 'I' } },
  increment_var: { value: 'PORT', becomes: { incrementVar: 'PORT' }, beside: { env: { PORT: 3000 } } },
  source_map_support: { value: false, becomes: { sourceMapSupport: false } },
  disable_source_map_support: { value: true, becomes: { sourceMapSupport: false } },
  autostart: { value: false, becomes: { autostart: false } },
  autorestart: { value: false, becomes: { autorestart: false } },
  max_restarts: { value: '3', becomes: { maxRestarts: 3 } },
  min_uptime: { value: '5m', becomes: { minUptimeMs: 300_000 } },
  restart_delay: { value: 250, becomes: { restartDelayMs: 250 } },
  exp_backoff_restart_delay: { value: 100, becomes: { expBackoffMs: 100 } },
  stop_exit_codes: { value: [0, 143], becomes: { stopExitCodes: [0, 143] } },
  max_memory_restart: { value: '150M', becomes: { maxMemoryBytes: 150 * 2 ** 20 } },
  cron_restart: { value: '0 3 * * *', becomes: { schedule: { pattern: '0 3 * * *', timeZone: null } } },
  watch: { value: ['src', 'lib'], becomes: { watch: expect.objectContaining({ isOn: true, paths: ['src', 'lib'] }) as never } },
  ignore_watch: {
    value: ['logs', '*.tmp'],
    becomes: { watch: expect.objectContaining({ ignore: ['logs', '*.tmp'].map((text) => ({ kind: 'glob', text })) }) as never },
    beside: { watch: true },
  },
  watch_delay: { value: '2s', becomes: { watch: expect.objectContaining({ delayMs: 2000 }) as never }, beside: { watch: true } },
  watch_options: {
    value: { usePolling: true, interval: 500 },
    becomes: { watch: expect.objectContaining({ pollMs: 500 }) as never },
    beside: { watch: true },
  },
  watch_extensions: {
    value: 'js,mjs',
    becomes: { watch: expect.objectContaining({ extensions: ['js', 'mjs'] }) as never },
    beside: { watch: true },
  },
  kill_signal: { value: 'SIGTERM', becomes: { stopSignal: 'SIGTERM' } },
  kill_timeout: { value: 5000, becomes: { killTimeoutMs: 5000 } },
  treekill: { value: false, becomes: { treekill: false } },
  shutdown_with_message: { value: true, becomes: { shutdownWithMessage: true } },
  wait_ready: { value: true, becomes: { waitReady: true } },
  listen_timeout: { value: 8000, becomes: { listenTimeoutMs: 8000 } },
  out_file: { value: './o.log', becomes: { outFile: '%/o.log' } },
  error_file: { value: './e.log', becomes: { errorFile: '%/e.log' } },
  log_file: { value: './all.log', becomes: { combinedFile: '%/all.log' } },
  pid_file: { value: './app.pid', becomes: { pidFile: '%/app.pid' } },
  merge_logs: { value: true, becomes: { mergeLogs: true }, beside: { instances: 2 } },
  disable_logs: { value: true, becomes: { outFile: null, errorFile: null } },
  log_type: { value: 'json', becomes: { logJson: true } },
  log_date_format: { value: 'YYYY-MM-DD', becomes: { logDateFormat: 'YYYY-MM-DD' } },
  time: { value: true, becomes: { logDateFormat: 'YYYY-MM-DDTHH:mm:ss' } },
};

const names = attributeNames().filter((name) => name in READINGS);

it.each(names)('%s is read under its name, each alias and in camelCase', async (name) => {
  const { value, becomes, beside } = READINGS[name]!;
  const aliases: readonly string[] = ATTRIBUTES[name].aliases;
  const spellings = new Set([name, ...aliases].flatMap((one) => [one, camelCase(one)]));
  for (const spelling of spellings) {
    const script = name === 'script' ? {} : { script: './app.js' };
    const app = inFolder({ ...script, ...beside, env_production: {}, [spelling]: value });
    const { spec } = await readApp(folder, app, { callerUid: 0, flags: { env: 'production' } });
    expect(spec, spelling).toMatchObject(inFolder(becomes));
  }
});

const flags = START_FLAGS.filter(({ attribute }) => attribute !== null && names.includes(attribute as AttributeName));

it.each(flags)('--$name sets $attribute of a script', async ({ name, takes, attribute, sets }) => {
  const { value, becomes, beside = {} } = READINGS[attribute as AttributeName]!;
  const written = [value].flat().map(String);
  const given = { nothing: true, value: written.join(' '), values: written, maybes: written }[takes] as true | string | readonly string[];
  const needed = Object.entries(beside).flatMap(([key, one]) =>
    START_FLAGS.filter((flag) => flag.attribute === key).map((flag) => [flag.name, String(one)] as const),
  );
  const request = { callerUid: 0, flags: { ...Object.fromEntries(needed), [name]: given } };
  const { specs, errors } = await folder.read(`${folder.root}/app.js`, request);
  expect(errors).toEqual([]);
  // What is on by itself may be said all the same.
  const isStandard = takes === 'nothing' && value !== sets;
  expect(specs[0]).toMatchObject(isStandard ? { sourceMapSupport: true } : inFolder(becomes));
});

/** `value` with the folder in place of each `%`. */
function inFolder<T extends object>(value: T): T & Record<string, unknown> {
  const entries = Object.entries(value).map(([key, one]) => [
    key,
    typeof one === 'string' && !one.includes(' ') ? one.replace('%', folder.root) : one,
  ]);
  return Object.fromEntries(entries) as T & Record<string, unknown>;
}

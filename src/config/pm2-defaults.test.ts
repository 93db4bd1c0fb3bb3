// PM2's variables as defaults of apps: what each becomes, what stands over it, what is refused.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { PM2_DEFAULTS } from './pm2-defaults.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

type Read = Awaited<ReturnType<typeof readApp>>;
const read = (app: object, variables: Readonly<Record<string, string>>, asPm2 = true): Promise<Read> =>
  readApp(
    folder,
    { name: 'api', script: './app.js', ...app },
    { asPm2, pidsFolder: '/pids', callerEnv: { PATH: `${folder.root}/bin`, ...variables } },
  );

const READINGS: Readonly<Record<string, { value: string; becomes: Partial<AppSpec>; own: object; stays: Partial<AppSpec> }>> = {
  PM2_KILL_SIGNAL: {
    value: 'SIGTERM',
    becomes: { stopSignal: 'SIGTERM' },
    own: { kill_signal: 'SIGHUP' },
    stays: { stopSignal: 'SIGHUP' },
  },
  PM2_KILL_TIMEOUT: { value: '5000', becomes: { killTimeoutMs: 5000 }, own: { killTimeout: '2s' }, stays: { killTimeoutMs: 2000 } },
  PM2_KILL_USE_MESSAGE: {
    value: 'true',
    becomes: { shutdownWithMessage: true },
    own: { shutdown_with_message: false },
    stays: { shutdownWithMessage: false },
  },
  PM2_GRACEFUL_TIMEOUT: {
    value: '20000',
    becomes: { drainTimeoutMs: 20_000 },
    own: { drain_timeout: '5s' },
    stays: { drainTimeoutMs: 5000 },
  },
  PM2_GRACEFUL_LISTEN_TIMEOUT: {
    value: '8000',
    becomes: { listenTimeoutMs: 8000 },
    own: { listen_timeout: 100 },
    stays: { listenTimeoutMs: 100 },
  },
  PM2_PROCESS_INSTANCE_VAR: {
    value: 'SEAT',
    becomes: { instanceVar: 'SEAT' },
    own: { instance_var: 'MINE' },
    stays: { instanceVar: 'MINE' },
  },
  PM2_DEFAULT_LOG_PATH: {
    value: '/var/log/apps',
    becomes: { outFile: '/var/log/apps/api-out.log', errorFile: '/var/log/apps/api-error.log' },
    own: { out_file: '/o.log', error_file: '/e.log' },
    stays: { outFile: '/o.log', errorFile: '/e.log' },
  },
  PM2_DEFAULT_PID_PATH: {
    value: '/run/apps',
    becomes: { pidFile: '/run/apps/api.pid' },
    own: { pid_file: '/run/own.pid' },
    stays: { pidFile: '/run/own.pid' },
  },
};

describe("under PM2's name", () => {
  it.each(Object.entries(READINGS))('%s holds where an app says nothing', async (variable, { value, becomes, own, stays }) => {
    expect((await read({}, { [variable]: value })).spec).toMatchObject(becomes);
    expect((await read(own, { [variable]: value })).spec).toMatchObject(stays);
    expect((await read({}, { [variable]: '' })).spec).not.toMatchObject(becomes);
    expect((await read({}, { [variable]: value }, false)).spec).not.toMatchObject(becomes);
  });

  it('there is a reading of each variable that is the default of an attribute', () => {
    expect(Object.keys(READINGS)).toEqual(expect.arrayContaining(Object.keys(PM2_DEFAULTS)));
  });

  it('an option of the command line stands over a variable', async () => {
    const request = { asPm2: true, callerEnv: { PM2_KILL_TIMEOUT: '5000' }, flags: { 'kill-timeout': '3s' } };
    const { specs } = await folder.read(`${folder.root}/app.js`, request);
    expect(specs).toMatchObject([{ killTimeoutMs: 3000 }]);
  });

  it('PM2_NODE_OPTIONS is for fork apps that Node runs, before the options of their own', async () => {
    folder.write('bin/python3', '', 0o755);
    folder.write('job.py', '');
    const variables = { PM2_NODE_OPTIONS: '--stack-size=900  --no-warnings' };
    const optionsOf = async (app: object): Promise<readonly string[]> => (await read(app, variables)).spec.interpreterArgs;
    expect(await optionsOf({})).toEqual(['--stack-size=900', '--no-warnings']);
    expect(await optionsOf({ node_args: '--stack-size=500' })).toEqual(['--stack-size=900', '--no-warnings', '--stack-size=500']);
    expect(await optionsOf({ instances: 2 })).toEqual([]);
    const job = await read({ script: './job.py' }, variables);
    expect(job).toMatchObject({ spec: { interpreterArgs: [] }, warnings: [] });
    expect((await read({}, variables, false)).spec.interpreterArgs).toEqual([]);
    expect(await read({}, { PM2_NODE_OPTIONS: '--title="a b' })).toMatchObject({
      spec: { interpreterArgs: ['--title=a b'] },
      warnings: ['PM2_NODE_OPTIONS has a quote that is not closed.'],
    });
  });

  it('a relative folder begins where the command runs', async () => {
    expect((await read({}, { PM2_DEFAULT_LOG_PATH: 'logs' })).spec.outFile).toBe(`${folder.root}/logs/api-out.log`);
  });

  it.each([
    [
      'PM2_KILL_TIMEOUT',
      'soon',
      'PM2_KILL_TIMEOUT is "soon", which is no duration; accepted: milliseconds, or a string such as "10s", "500ms", "2m".',
    ],
    [
      'PM2_KILL_SIGNAL',
      'SIGSTOP',
      expect.stringMatching(/^PM2_KILL_SIGNAL is "SIGSTOP", which is no stop signal; accepted: one of SIGINT, SIGTERM, /),
    ],
    ['PM2_KILL_USE_MESSAGE', 'maybe', 'PM2_KILL_USE_MESSAGE is "maybe", which is neither true nor false; accepted: true or false.'],
  ])('%s=%s is refused, once', async (variable, value, text) => {
    folder.write(
      'two.config.json',
      JSON.stringify({
        apps: [
          { name: 'a', script: './app.js' },
          { name: 'b', script: './app.js' },
        ],
      }),
    );
    const { errors } = await folder.read(`${folder.root}/two.config.json`, { asPm2: true, callerEnv: { [variable]: value } });
    expect(errors).toEqual([text]);
  });

  it('what code of a config file sets is for its apps only', async () => {
    const callerEnv: NodeJS.ProcessEnv = {};
    const config = {
      get apps() {
        callerEnv['PM2_KILL_TIMEOUT'] = '9000';
        return [{ script: './app.js' }];
      },
    };
    const { specs } = await folder.read('-', { asPm2: true, callerEnv, config });
    expect(specs).toMatchObject([{ killTimeoutMs: 1600, env: { PM2_KILL_TIMEOUT: '9000' } }]);
  });
});

// The variables an app gets: whose win, and which never get through.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

describe('the environment', () => {
  it("lays env, env_<name> and port over the caller's, as strings", async () => {
    const app = {
      script: 'app.js',
      env: { A: 1, B: true, C: { x: 1 }, D: null, E: 'file' },
      env_production: { A: 2, F: 'p' },
      port: '3000',
    };
    const caller = { PATH: '/bin', A: 'caller', D: 'caller', GONE: undefined };
    expect((await readApp(folder, app, { callerEnv: caller })).spec.env).toEqual({
      PATH: '/bin',
      A: '1',
      B: 'true',
      C: '{"x":1}',
      D: 'caller',
      E: 'file',
      PORT: '3000',
    });
    expect((await readApp(folder, app, { callerEnv: caller, flags: { env: 'production' } })).spec.env).toEqual({
      PATH: '/bin',
      A: '2',
      B: 'true',
      C: '{"x":1}',
      D: 'caller',
      E: 'file',
      F: 'p',
      PORT: '3000',
    });
  });

  it('is text; what was a number, true or false in the file is kept to be repeated, with the blocks that were not chosen', async () => {
    const env = { A: 1, B: true, C: 'x', D: null, E: Number.NaN, F: { x: 1 } };
    const app = {
      script: 'app.js',
      env,
      env_production: { A: 2, G: 'y' },
      envStaging: {},
      port: '3000',
      force: false,
      source_map_support: true,
    };
    const { spec } = await readApp(folder, app);
    expect(spec.echo).toEqual({
      port: 3000,
      force: false,
      source_map_support: true,
      env: { A: 1, B: true },
      env_production: { A: 2, G: 'y' },
    });
    expect((await readApp(folder, { script: 'app.js', env: { C: 'x' }, force: 'yes', source_map_support: false })).spec.echo).toEqual({});
  });

  it("never passes the manager's wiring or another instance's numbers", async () => {
    const caller = {
      PATH: '/bin',
      HOLDFAST_HOME: '/h',
      NODE_CHANNEL_FD: '3',
      NODE_UNIQUE_ID: '1',
      NODE_CHANNEL_SERIALIZATION_MODE: 'json',
      HOLDFAST_PRELOAD: 'fork',
      HOLDFAST_SOURCE_MAPS: '1',
      pm_id: '7',
      NODE_APP_INSTANCE: '2',
    };
    const { spec, warnings } = await readApp(folder, { script: 'app.js', env: { NODE_UNIQUE_ID: '9' } }, { callerEnv: caller });
    expect(spec.env).toEqual({ PATH: '/bin', HOLDFAST_HOME: '/h' });
    expect(warnings).toEqual(['app.json: app app: env sets NODE_UNIQUE_ID, which belongs to the manager; ignored.']);
  });

  it('asks for --env where only env_<name> blocks exist', async () => {
    const { notes } = await readApp(folder, { script: 'app.js', env_staging: { PORT: 1 }, env_production: { PORT: 2 } });
    expect(notes).toEqual([
      'app.json: app app: it has env_staging and env_production but no env, so nothing is set. Start with --env staging?',
    ]);
  });

  it('warns of an --env that an app does not have', async () => {
    const { warnings } = await readApp(folder, { script: 'app.js', env_production: {} }, { flags: { env: 'prodution' } });
    expect(warnings).toEqual([
      'app.json: app app: --env prodution has no env_prodution here: it has env_production. Did you mean --env production?',
    ]);
  });
});

describe('filter_env', () => {
  const caller = { PATH: '/bin', HOME: '/h', AWS_KEY: 'k', MY_AWS: 'm' };
  it.each([
    [true, {}],
    ['true', {}],
    [false, caller],
    ['AWS_KEY', { PATH: '/bin', HOME: '/h', MY_AWS: 'm' }],
    [['AWS', 'HOM'], { PATH: '/bin' }],
    [[], caller],
  ])('%j keeps what it names from being inherited, and nothing else', async (filter, kept) => {
    const { spec } = await readApp(folder, { script: 'app.js', filter_env: filter, env: { AWS_REGION: 'eu' } }, { callerEnv: caller });
    expect(spec.env).toEqual({ ...kept, AWS_REGION: 'eu' });
  });

  it('is an option for scripts, which may be repeated', async () => {
    const { specs } = await folder.read('app.js', { callerEnv: caller, flags: { 'filter-env': ['AWS', 'HOME'] } });
    expect(specs[0]).toMatchObject({ env: { PATH: '/bin' }, filterEnv: ['AWS', 'HOME'] });
  });
});

describe('env_file', () => {
  const read = async (app: object, caller: Record<string, string> = {}) =>
    (await readApp(folder, { script: 'app.js', ...app }, { callerEnv: caller })).spec;

  it("stands over the caller's variables and under env; of several files the later one counts", async () => {
    folder.write('.env', 'A=file\nB=file\nC=file\n');
    folder.write('local.env', 'C=local\nD=local\n');
    const { env } = await read({ env_file: ['.env', 'local.env'], env: { B: 'env' } }, { A: 'shell', Z: 'shell' });
    expect(env).toEqual({ Z: 'shell', A: 'file', B: 'env', C: 'local', D: 'local' });
  });

  it('is read as dotenv files are written', async () => {
    folder.write(
      '.env',
      '\uFEFF# a comment\nexport PLAIN=a b # not this\nSINGLE=\'#1 $X\'\nDOUBLE="two\\nlines"\nMANY="a\nb"\nEMPTY=\n\nURL=http://x/?a=b\r\n',
    );
    expect((await read({ envFile: '.env' })).env).toEqual({
      PLAIN: 'a b',
      SINGLE: '#1 $X',
      DOUBLE: 'two\nlines',
      MANY: 'a\nb',
      EMPTY: '',
      URL: 'http://x/?a=b',
    });
  });

  it('is looked for in cwd, then beside the config file, and refused where it is in neither', async () => {
    folder.write('conf/app/server.js', '');
    folder.write('conf/app/.env', 'A=app');
    folder.write('conf/shared.env', 'B=conf');
    const write = (env_file: string[]): string =>
      folder.write('conf/x.json', JSON.stringify({ script: 'server.js', cwd: `${folder.root}/conf/app`, env_file }));
    write(['.env', 'shared.env']);
    expect((await folder.read('conf/x.json')).specs[0]?.env).toMatchObject({ A: 'app', B: 'conf' });
    write(['gone.env']);
    expect((await folder.read('conf/x.json')).errors).toEqual([
      `conf/x.json: app server: env_file ${folder.root}/conf/app/gone.env, nor ${folder.root}/conf/gone.env does not exist. Make it, or take it out of env_file.`,
    ]);
  });

  it("sets nothing of the manager's wiring, and changes nothing of the manager itself", async () => {
    folder.write('.env', 'HOLDFAST_PRELOAD=fork\nHOLDFAST_HOME=/elsewhere\nname=hijack\nPM2_KILL_TIMEOUT=1');
    const { spec, warnings } = await readApp(folder, { name: 'app', script: 'app.js', env_file: '.env' }, { callerEnv: {} });
    expect(spec).toMatchObject({ name: 'app', killTimeoutMs: 1600, outFile: '/logs/app-out.log' });
    expect(spec.env).toEqual({ HOLDFAST_HOME: '/elsewhere', name: 'hijack', PM2_KILL_TIMEOUT: '1' });
    expect(warnings).toEqual([`app.json: app app: ${folder.root}/.env sets HOLDFAST_PRELOAD, which belongs to the manager; ignored.`]);
  });
});

describe('where a variable comes from', () => {
  it('is kept layer by layer, the weakest first', async () => {
    folder.write('.env', 'A=1');
    const app = { script: 'app.js', env_file: '.env', env: { B: 1 }, env_production: { C: 1 }, port: 80, io: { conf: {} } };
    const { spec } = await readApp(folder, app, { callerEnv: { A: '0', PATH: '/bin' }, flags: { env: 'production' } });
    const config = { source: 'config', file: `${folder.root}/app.json` };
    expect(spec.envLayers).toEqual([
      { source: 'shell', file: null, key: null, names: ['A', 'PATH'] },
      { source: 'env_file', file: `${folder.root}/.env`, key: null, names: ['A'] },
      { ...config, key: 'env', names: ['B'] },
      { ...config, key: 'env_production', names: ['C'] },
      { ...config, key: 'port', names: ['PORT'] },
      { ...config, key: 'io', names: ['io'] },
    ]);
    expect(spec.env['io']).toBe('{"conf":{}}');
  });

  it('tells what the code of a config file put into process.env from what was there', async () => {
    folder.write('x.config.cjs', "process.env.HF_TOKEN = 'secret'; process.env.HF_OLD = 'new'; module.exports = { script: 'app.js' };");
    process.env['HF_OLD'] = 'old';
    try {
      const { specs } = await folder.read('x.config.cjs', { callerEnv: process.env });
      const layer = specs[0]!.envLayers.at(-1)!;
      expect(layer).toMatchObject({ source: 'config', file: null, key: null });
      // The order is that of process.env, which has none in a thread.
      expect(new Set(layer.names)).toEqual(new Set(['HF_OLD', 'HF_TOKEN']));
      expect(specs[0]?.env).toMatchObject({ HF_TOKEN: 'secret', HF_OLD: 'new' });
    } finally {
      delete process.env['HF_OLD'];
      delete process.env['HF_TOKEN'];
    }
  });
});

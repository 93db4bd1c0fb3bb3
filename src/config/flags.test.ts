// The options of the command line, over scripts and config files.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
  folder.write('dist/app.js', '');
});
afterEach(() => folder.remove());

describe('the command line', () => {
  it('describes a script', async () => {
    const flags = {
      name: 'web',
      instances: 'max',
      'kill-timeout': '3s',
      'no-autorestart': true,
      'node-args': '--harmony --no-opt',
      'stop-exit-codes': ['0,143', '2'],
      output: 'o.log',
      time: true,
      'disable-source-map-support': true,
      'errored-retry': '5m',
    } as const;
    const { specs, errors } = await folder.read('app.js', { flags, scriptArgs: ['--port', '1 2'] });
    expect(errors).toEqual([]);
    expect(specs[0]).toMatchObject({
      name: 'web',
      instances: 4,
      mode: 'cluster',
      killTimeoutMs: 3000,
      autorestart: false,
      interpreterArgs: ['--harmony', '--no-opt'],
      stopExitCodes: [0, 143, 2],
      outFile: `${folder.root}/o.log`,
      args: ['--port', '1 2'],
      sourceMapSupport: false,
      erroredRetryMs: 300_000,
    });
    expect(specs[0]!.logDateFormat).toBe('YYYY-MM-DDTHH:mm:ss');
  });

  it('names the option in its mistakes', async () => {
    expect((await folder.read('app.js', { flags: { 'kill-timeout': '5x' } })).errors).toEqual([
      'app app: --kill-timeout is "5x", which is no duration; accepted: milliseconds, or a string such as "10s", "500ms", "2m".',
    ]);
  });

  it('overrides cwd and namespace of a config file and says that other options do not count there', async () => {
    folder.write('sub/app.js', '');
    const { spec, warnings } = await readApp(
      folder,
      { script: 'app.js', cwd: '/nowhere' },
      { flags: { cwd: 'sub', namespace: 'n', instances: '3' }, scriptArgs: ['x'] },
    );
    expect(spec).toMatchObject({ cwd: `${folder.root}/sub`, namespace: 'n', instances: 1, args: [] });
    expect(warnings).toEqual([
      '--instances has no effect with a config file, as in PM2. Set it in app.json.',
      'what stands after -- has no effect with a config file. Set args in app.json.',
    ]);
  });

  it('says that --env and --only mean nothing for a script', async () => {
    const { warnings } = await folder.read('app.js', { flags: { env: 'x', only: 'y' } });
    expect(warnings).toEqual([
      '--env has no effect: app.js is a script, not a config file.',
      '--only has no effect: app.js is a script, not a config file.',
    ]);
  });

  it('selects apps with --only and refuses a name that is not there', async () => {
    folder.write('three.json', '[{"name":"a","script":"app.js"},{"name":"b","script":"app.js"},{"name":"c","script":"gone.js"}]');
    const { specs, errors } = await folder.read('three.json', { flags: { only: 'a, b' } });
    expect([specs.map(({ name }) => name), errors]).toEqual([['a', 'b'], []]);
    expect((await folder.read('three.json', { flags: { only: 'a,bb' } })).errors).toEqual([
      '--only bb matches no app; there are a, b, c. Did you mean b?',
    ]);
  });

  it('takes several targets of both kinds', async () => {
    folder.write('one.json', '{"script":"app.js"}');
    const { specs } = await folder.read('', { targets: ['one.json', 'dist/app.js'], flags: { name: 'other' } });
    expect(specs.map(({ name, script }) => [name, script])).toEqual([
      ['app', `${folder.root}/app.js`],
      ['other', `${folder.root}/dist/app.js`],
    ]);
  });
});

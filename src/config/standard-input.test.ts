// A config on standard input: data, whatever it looks like.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder } from '../../test/config-kit.ts';
import type { ConfigFolder, Read } from '../../test/config-kit.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

const read = (text: string, request: Parameters<ConfigFolder['read']>[1] = {}): Promise<Read> =>
  folder.read('-', { readInput: () => Promise.resolve(text), ...request });

describe('a config on standard input', () => {
  it.each([
    ['apps in JSON', '{ "apps": [{ "name": "api", "script": "app.js" }] }'],
    ['one app, as people write JSON', "// the site\n{ name: 'api', script: 'app.js', }"],
    ['a list', '[{ "name": "api", "script": "app.js" }]'],
    ['YAML', 'apps:\n  - name: api\n    script: app.js\n'],
  ])('may be %s', async (_, text) => {
    const { specs, errors } = await read(text);
    expect(errors).toEqual([]);
    expect(specs).toMatchObject([{ name: 'api', script: `${folder.root}/app.js`, cwd: folder.root }]);
  });

  it('counts like a file: --env, --only, and where variables come from', async () => {
    const app = (name: string): object => ({ name, script: 'app.js', env_production: { A: '1' } });
    const { specs } = await read(JSON.stringify([app('a'), app('b')]), { flags: { env: 'production', only: 'b' } });
    expect(specs.map(({ name }) => name)).toEqual(['b']);
    expect(specs[0]?.envLayers.at(-1)).toEqual({ source: 'config', file: 'standard input', key: 'env_production', names: ['A'] });
  });

  it.each([
    ['{ "name": process.exit(), "script": "app.js" }', 'process.exit is not a value: JSON is data and is not evaluated'],
    ['{ "apps": [ { "script": "app.js" ', 'line 1, column 34'],
    ['', 'standard input: cannot be read: it is empty, at line 1, column 1'],
    [
      'module.exports = { apps: [] };',
      'standard input: is code, and only data is read from there. Save it as NAME.config.js, and name that.',
    ],
    ['apps: [', 'standard input: cannot be read:'],
  ])('is never evaluated, and refused with its place: %s', async (text, message) => {
    const { specs, errors } = await read(text);
    expect(specs).toEqual([]);
    expect(errors).toEqual([expect.stringContaining(message)]);
  });

  it('that cannot be read is refused with the reason', async () => {
    expect((await folder.read('-')).errors).toEqual(['standard input: cannot be read: nobody writes to it.']);
  });
});

describe('the name of an app', () => {
  it('takes a prefix, and the environment behind it where that is asked for', async () => {
    const text = JSON.stringify({ name: 'api', script: 'app.js', name_prefix: 'shop', append_env_to_name: true, env_production: {} });
    expect((await read(text)).specs[0]?.name).toBe('shop:api');
    expect((await read(text, { flags: { env: 'production' } })).specs[0]?.name).toBe('shop:api-production');
    const plain = JSON.stringify({ script: 'app.js', appendEnvToName: 'true', env_production: {} });
    expect((await read(plain, { flags: { env: 'production' } })).specs[0]?.name).toBe('app-production');
  });
});

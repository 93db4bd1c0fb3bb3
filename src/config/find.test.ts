// Which names are config files, which one a folder has, and the names in it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, requestIn } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import { findConfig, isConfigFile } from './find.ts';
import { readNames } from './specs.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

describe('isConfigFile and findConfig', () => {
  it.each([
    'ecosystem.config.js',
    'a/b.config.cjs',
    'x.config.mjs',
    'x.config.ts',
    'apps.json',
    'apps.json5',
    'package.json',
    'x.yml',
    '/srv/x.YAML',
  ])('takes %s for a config file', (name) => {
    expect(isConfigFile(name)).toBe(true);
  });

  it.each(['app.js', 'config.js', 'app.production.js', 'src/index.ts', 'npm', 'all', 'node app.js --config x.json', 'x.jsonl'])(
    'takes %s for something else',
    (name) => {
      expect(isConfigFile(name)).toBe(false);
    },
  );

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

// module_conf.json: what is set, read and forgotten, and what of it apps get.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import { getModuleSetting, readModuleSettings, setModuleSetting, withRotationDefaults } from './module-settings.ts';

let folder: ConfigFolder;
let file: string;
beforeEach(() => {
  folder = createConfigFolder();
  file = join(folder.root, 'module_conf.json');
});
afterEach(() => folder.remove());

describe('module settings', () => {
  it("are kept in PM2's shape, by module and key or by key alone", async () => {
    await setModuleSetting(file, 'pm2-logrotate:max_size', '10M');
    await setModuleSetting(file, 'foo', 'bar');
    await setModuleSetting(file, 'a.b', 'c');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'pm2-logrotate': { max_size: '10M' }, foo: 'bar', a: { b: 'c' } });
    const settings = readModuleSettings(file);
    expect(['pm2-logrotate:max_size', 'foo', 'a:b', 'a:x', 'x:y'].map((name) => getModuleSetting(settings, name))).toEqual([
      '10M',
      'bar',
      'c',
      undefined,
      undefined,
    ]);
  });

  it('are forgotten one by one; what PM2 keeps there stays', async () => {
    writeFileSync(file, JSON.stringify({ 'module-db-v2': { x: {} }, 'pm2-logrotate': { retain: '3' } }));
    await setModuleSetting(file, 'pm2-logrotate:retain', null);
    await setModuleSetting(file, 'never:set', null);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'module-db-v2': { x: {} } });
  });

  it.each([
    ['max_size', 'big'],
    ['retain', '-1'],
    ['rotateInterval', '0 0 1 * *'],
    ['compress', 'perhaps'],
  ])('of log rotation are refused when they are wrong: %s %s', async (key, value) => {
    await expect(setModuleSetting(file, `pm2-logrotate:${key}`, value)).rejects.toThrow(
      new RegExp(`^Cannot set pm2-logrotate:${key} to ${JSON.stringify(value).replaceAll('*', '\\*')}: it is a value which is `),
    );
    expect(readModuleSettings(file)).toEqual({});
  });

  it('that cannot be read are an error that names the file', () => {
    writeFileSync(file, '[');
    expect(() => readModuleSettings(file)).toThrow(`Cannot read ${file}: its 1 bytes are not valid JSON.`);
    writeFileSync(file, '[]');
    expect(() => readModuleSettings(file)).toThrow('it is no JSON object');
  });

  it('of log rotation are the defaults of apps that say nothing of it', () => {
    const settings = { 'pm2-logrotate': { max_size: '10M', retain: '30', dateFormat: 'X', compress: '' }, other: { retain: '1' } };
    expect(withRotationDefaults({ script: 'a' }, settings)).toEqual({ script: 'a', max_size: '10M', retain: '30' });
    expect(withRotationDefaults({ log_max_size: '1M', maxSize: null, retain: 2 }, settings)).toEqual({
      log_max_size: '1M',
      maxSize: null,
      retain: 2,
    });
    expect(withRotationDefaults({ script: 'a' }, { 'pm2-logrotate': 'x' })).toEqual({ script: 'a' });
  });
});

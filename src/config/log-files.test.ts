// Where the output of an app goes, and what stands before its lines.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

describe('log files', () => {
  it('are relative to cwd, with ~ expanded and null for the two spellings of nothing', async () => {
    folder.write('sub/app.js', '');
    const at = async (out: string): Promise<string | null> =>
      (await readApp(folder, { script: 'app.js', cwd: 'sub', out_file: out })).spec.outFile;
    expect(await at('../logs/x.log')).toBe(`${folder.root}/logs/x.log`);
    expect(await at('~/x.log')).toBe(`${folder.root}/home/x.log`);
    expect(await at('/proc/1/fd/1')).toBe('/proc/1/fd/1');
    expect(await at('/dev/null')).toBeNull();
    expect(await at('NULL')).toBeNull();
  });

  it('have a name of one part for an app whose name has slashes', async () => {
    expect((await readApp(folder, { script: 'app.js', name: 'a.b/hawk' })).spec.outFile).toBe('/logs/a.b-hawk-out.log');
  });

  it('are merged for a fork app without instances only, unless said otherwise', async () => {
    expect((await readApp(folder, { script: 'app.js' })).spec.mergeLogs).toBe(true);
    expect((await readApp(folder, { script: 'app.js', exec_mode: 'fork', instances: 2 })).spec.mergeLogs).toBe(false);
    expect((await readApp(folder, { script: 'app.js', exec_mode: 'cluster' })).spec.mergeLogs).toBe(false);
    expect((await readApp(folder, { script: 'app.js', exec_mode: 'cluster', merge_logs: true })).spec.mergeLogs).toBe(true);
  });

  it('have times in the given format, which wins over time: true', async () => {
    expect((await readApp(folder, { script: 'app.js', time: true })).spec.logDateFormat).toBe('YYYY-MM-DDTHH:mm:ss');
    const { spec, warnings } = await readApp(folder, { script: 'app.js', time: true, log_date_format: 'HH:mm' });
    expect(spec.logDateFormat).toBe('HH:mm');
    expect(warnings[0]).toContain('time and log_date_format are both given; log_date_format (HH:mm) is used');
  });
});

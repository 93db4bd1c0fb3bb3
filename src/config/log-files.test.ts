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

describe('log files of other kinds', () => {
  it('have both streams in a combined one where that is wished', async () => {
    const combined = async (log_file: unknown): Promise<string | null> =>
      (await readApp(folder, { script: 'app.js', name: 'api', log_file })).spec.combinedFile;
    expect(await combined(undefined)).toBeNull();
    expect(await combined(false)).toBeNull();
    expect(await combined('/dev/null')).toBeNull();
    expect(await combined(true)).toBe('/logs/api.log');
    expect(await combined('all.log')).toBe(`${folder.root}/all.log`);
  });

  it('are none with disable_logs', async () => {
    const { spec } = await readApp(folder, { script: 'app.js', out_file: 'x.log', log_file: true, disable_logs: true });
    expect([spec.outFile, spec.errorFile, spec.combinedFile]).toEqual([null, null, null]);
  });

  it('hold JSON where log_type says so', async () => {
    expect((await readApp(folder, { script: 'app.js' })).spec.logJson).toBe(false);
    expect((await readApp(folder, { script: 'app.js', log_type: 'json' })).spec.logJson).toBe(true);
  });
});

describe('rotation', () => {
  const STANDARD = { maxBytes: 50 * 2 ** 20, everyMs: null, maxFiles: 5, maxAgeMs: null, compress: true, totalMaxBytes: 2 ** 30 };
  const of = async (attributes: object): Promise<unknown> => (await readApp(folder, { script: 'app.js', ...attributes })).spec.logRotation;

  it('is on when nothing is said', async () => {
    expect(await of({})).toEqual(STANDARD);
  });

  it('is set by attributes of its own', async () => {
    const settings = {
      log_max_size: '10M',
      log_rotate_every: '1h',
      log_max_files: 3,
      log_max_age: '7d',
      log_compress: false,
      log_total_max: 0,
    };
    expect(await of(settings)).toEqual({
      maxBytes: 10 * 2 ** 20,
      everyMs: 3_600_000,
      maxFiles: 3,
      maxAgeMs: 7 * 86_400_000,
      compress: false,
      totalMaxBytes: null,
    });
    expect(await of({ log_max_size: 0, log_max_files: 'all' })).toEqual({ ...STANDARD, maxBytes: null, maxFiles: null });
    // A limit is a whole number of bytes, and one that is tiny is none the less one.
    expect(await of({ log_max_size: 0.2, log_total_max: 1500.5 })).toEqual({ ...STANDARD, maxBytes: 1, totalMaxBytes: 1501 });
  });

  it('is set by the names of pm2-logrotate as well', async () => {
    expect(await of({ max_size: '5M', retain: '7', compress: 'false', rotateInterval: '0 0 * * *' })).toEqual({
      ...STANDARD,
      maxBytes: 5 * 2 ** 20,
      maxFiles: 7,
      compress: false,
      everyMs: 86_400_000,
    });
  });

  it.each([
    ['0 * * * *', '1h'],
    ['*/30 * * * *', '30m'],
    ['0 */6 * * *', '6h'],
    ['0 0 0 * * *', '1d'],
    ['0 0 * * 0', '7d'],
    ['* * * * *', '1m'],
  ])('takes the crontab line %s as %s', async (crontab, period) => {
    expect(await of({ log_rotate_every: crontab })).toEqual(await of({ log_rotate_every: period }));
  });

  it('says where a crontab line is not kept to the minute', async () => {
    const { warnings } = await readApp(folder, { script: 'app.js', rotateInterval: '30 3 * * *' });
    expect(warnings).toEqual([expect.stringContaining('rotateInterval is read as once a period, at its beginning')]);
  });
});

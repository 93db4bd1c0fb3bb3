// set, get, unset and reloadLogs: what they print, and what they leave.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import { runCli } from '../../../test/run-cli.ts';

describe('module settings', () => {
  let home: string;
  beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'hf-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  const run = (...argv: string[]): ReturnType<typeof runCli> => runCli(argv, { home });

  it('are set, shown and forgotten', async () => {
    expect(await run('set', 'pm2-logrotate:max_size', '10M')).toEqual({
      code: 0,
      stdout: '[holdfast] pm2-logrotate:max_size is 10M\n',
      stderr: '',
    });
    await run('config', 'foo', 'bar');
    expect(JSON.parse(readFileSync(join(home, 'module_conf.json'), 'utf8'))).toEqual({ 'pm2-logrotate': { max_size: '10M' }, foo: 'bar' });
    expect((await run('get', 'pm2-logrotate:max_size')).stdout).toBe('10M\n');
    expect((await run('conf')).stdout).toBe('pm2-logrotate:max_size 10M\nfoo bar\n');
    expect((await run('get', '--json')).stdout).toBe('{"pm2-logrotate":{"max_size":"10M"},"foo":"bar"}\n');
    expect((await run('unset', 'foo')).stdout).toBe('[holdfast] foo is not set\n');
    expect(await run('get', 'foo')).toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot get foo: it is not set.') });
  });

  it('are set several at a time, or none where one is wrong', async () => {
    const file = join(home, 'module_conf.json');
    expect(await run('multiset', 'foo 1 pm2-logrotate:retain many')).toMatchObject({ code: 1, stdout: '' });
    expect(await run('multiset', 'foo 1 bar')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Cannot set bar: no value follows it.'),
    });
    expect(existsSync(file)).toBe(false);
    expect(await run('multiset', 'foo 1 pm2-logrotate:retain 3 a.b "two words"')).toEqual({
      code: 0,
      stdout: '[holdfast] foo is 1\n[holdfast] pm2-logrotate:retain is 3\n[holdfast] a.b is two words\n',
      stderr: '',
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ foo: '1', 'pm2-logrotate': { retain: '3' }, a: { b: 'two words' } });
  });

  it('that log rotation would not understand are refused', async () => {
    expect(await run('set', 'pm2-logrotate:retain', 'many')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        '[holdfast] Cannot set pm2-logrotate:retain to "many": it is a value which is no whole number.\n  Next: accepted: a whole number from 0, or "all"\n',
    });
    expect(await run('set', 'only-a-key')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Cannot set only-a-key: no value follows it.'),
    });
  });
});

describe('set without words', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'hf-'));
    writeFileSync(join(home, 'module_conf.json'), '{"a":"1"}');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const settings = (): unknown => JSON.parse(readFileSync(join(home, 'module_conf.json'), 'utf8'));

  /** An editor that leaves this text. */
  const typing =
    (text: string, code = 0) =>
    (_: string, file: string): Promise<number> => {
      writeFileSync(file, text);
      return Promise.resolve(code);
    };

  it.each([
    [{ VISUAL: 'code --wait', EDITOR: 'ed' }, 'code --wait'],
    [{ VISUAL: '', EDITOR: 'ed' }, 'ed'],
  ])('opens the editor of %j on all of them', async (env, named) => {
    const opened: unknown[] = [];
    const edit = (editor: string, file: string): Promise<number> => {
      opened.push([editor, readFileSync(file, 'utf8')]);
      return typing('{ "b": "2", "pm2-logrotate": { "retain": "7" } }')(editor, file);
    };
    expect(await runCli(['set'], { home, env, edit })).toEqual({
      code: 0,
      stdout: `[holdfast] ${home}/module_conf.json is changed; apps have it after holdfast restart or reload of their config file\n`,
      stderr: '',
    });
    expect(opened).toEqual([[named, '{"a":"1"}']]);
    expect(settings()).toEqual({ b: '2', 'pm2-logrotate': { retain: '7' } });
  });

  it('is vi on a terminal, and an error elsewhere', async () => {
    const opened: string[] = [];
    const edit = (editor: string): Promise<number> => {
      opened.push(editor);
      return Promise.resolve(0);
    };
    expect(await runCli(['set'], { home, edit, isTTY: true })).toMatchObject({ code: 0, stdout: expect.stringContaining('is as it was') });
    expect(await runCli(['set'], { home, edit })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('VISUAL and EDITOR name no editor'),
    });
    expect(opened).toEqual(['vi']);
  });

  it.each([
    ['{ "a": ', /^\[holdfast\] Cannot read \S+module_conf\.json: .* Nothing was changed; what you wrote is kept in (\S+)\.$/m],
    ['{ "pm2-logrotate": { "retain": "many" } }', /^\[holdfast\] Cannot set pm2-logrotate:retain to "many": .* kept in (\S+)\.$/m],
  ])('changes nothing for %j, and keeps what was typed', async (text, message) => {
    const { code, stderr } = await runCli(['set'], { home, env: { EDITOR: 'ed' }, edit: typing(text) });
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    const [, draft] = message.exec(stderr)!;
    expect([readFileSync(draft!, 'utf8'), settings()]).toEqual([text, { a: '1' }]);
    rmSync(dirname(draft!), { recursive: true });
  });

  it('changes nothing when the editor fails', async () => {
    const result = await runCli(['set'], { home, env: { EDITOR: 'ed' }, edit: typing('{}', 2) });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('ed ended with code 2; nothing was changed.') });
    expect(settings()).toEqual({ a: '1' });
  });
});

describe('logrotate', () => {
  let home: string;
  beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'hf-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  it('sets nothing up, and says by what logs are rotated', async () => {
    await runCli(['set', 'pm2-logrotate:max_size', '10M'], { home });
    await runCli(['set', 'pm2-logrotate:retain', '30'], { home });
    expect(await runCli(['logrotate', '-u', 'deploy'], { home })).toEqual({
      code: 0,
      stdout: `[holdfast] nothing to set up: Holdfast rotates the logs itself
  log_max_size      10M   A log file is put aside before it passes this size
  log_rotate_every  off   It is put aside after each such period, too
  log_max_files     30    How many of those put aside are kept of each log file
  log_max_age       off   Those put aside longer ago are removed at the next rotation
  log_compress      true  They are compressed with gzip
  log_total_max     1G    What all log files of the app may take together
For all apps: holdfast set pm2-logrotate:max_size 20M. For one: these attributes in its config.
`,
      stderr: '',
    });
  });

  it('with --silent is a success without a word, for scripts that set machines up', async () => {
    expect(await runCli(['-s', 'logrotate'], { home })).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

it('reloadLogs asks the daemon', async () => {
  const daemon = await startCannedDaemon({ 'POST /v1/log-reopenings': { status: 200, json: { hosts: ['shared'] } } });
  expect(await runCli(['reloadLogs'], { home: daemon.home })).toEqual({ code: 0, stdout: '[holdfast] log files reopened\n', stderr: '' });
  await daemon.close();
});

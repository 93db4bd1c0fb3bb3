// The command line as a process: exit codes, pipes, signals, where it finds the daemon, and what it must not touch.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => {
  site = createSite();
});
afterEach(() => site.dispose());

const shell = (line: string): ReturnType<typeof run> =>
  run('sh', ['-c', line], { cwd: site.folder, env: { ...site.env, CLI, NODE: process.execPath } });

describe('the command line', () => {
  it('touches no home and no daemon for the version, the help and a mistake', async () => {
    expect(await site.run('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
    expect(await site.run('start', '--help')).toMatchObject({ code: 0, stderr: '' });
    expect(await site.run()).toMatchObject({ code: 1, stderr: '' });
    expect(await site.run('strat')).toMatchObject({ code: 1, stdout: '' });
    expect(fs.existsSync(site.home)).toBe(false);
  });

  it('starts the daemon where none runs, also when it is called through a link', async () => {
    const link = path.join(site.folder, 'holdfast');
    fs.symlinkSync(CLI, link);
    expect(await run(process.execPath, [link, 'ping'], { env: site.env })).toMatchObject({
      code: 0,
      stdout: "{ msg: 'pong' }\n",
      stderr: '',
    });
    expect(await site.run('ls', '--json')).toMatchObject({ code: 0, stdout: '{"apps":[],"alerts":[]}\n', stderr: '' });
  });

  it('says which home cannot be used, and why', async () => {
    site.env['HOLDFAST_HOME'] = `/tmp/${'x'.repeat(120)}`;
    expect(await site.run('ls')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^\[holdfast\] Cannot use the socket .*\n {2}Next: /) as string,
    });
    site.env['HOLDFAST_HOME'] = site.home;
  });

  it('says on Windows that it cannot run there', async () => {
    const file = site.write('pretend.cjs', "Object.defineProperty(process, 'platform', { value: 'win32' });");
    expect(await run(process.execPath, ['--require', file, CLI, 'ls'], { env: site.env })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('[holdfast] Cannot run on Windows') as string,
    });
  });

  it('ends in silence when its reader has left', async () => {
    expect(await shell('{ "$NODE" "$CLI" help; echo "code $?" >&2; } | true')).toMatchObject({ stdout: '', stderr: 'code 0\n' });
  });

  it('names a full disk where its output goes', async () => {
    expect(await shell('"$NODE" "$CLI" help > /dev/full')).toMatchObject({
      code: 1,
      stderr: '[holdfast] Cannot write to standard output: ENOSPC: no space left on device, write.\n',
    });
    expect(await shell('"$NODE" "$CLI" strat 2> /dev/full')).toMatchObject({ code: 1, stdout: '' });
  });

  it('works in a folder that was deleted', async () => {
    const { code, stdout, stderr } = await shell(
      'mkdir gone && cd gone && rmdir ../gone && "$NODE" "$CLI" ls --json && "$NODE" "$CLI" start app.js',
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '{"apps":[],"alerts":[]}\n' });
    expect(stderr).toMatch(/^\[holdfast\] Cannot start: .*gone/);
  });

  it('hands all of a long list to a slow reader', async () => {
    site.env['LONG'] = 'x'.repeat(120_000);
    await site.run('start', fixture('idle.cjs'));
    const { stdout } = await shell('"$NODE" "$CLI" jlist | { sleep 0.3; cat; }');
    const [entry] = JSON.parse(stdout) as [{ pm2_env: { status: string; username: string; env: Record<string, string> } }];
    expect(entry.pm2_env).toMatchObject({ status: 'online', username: expect.stringMatching(/./) as string });
    expect(entry.pm2_env.env['LONG']).toHaveLength(120_000);
  });

  it('ends logs with 0 on Ctrl-C', async () => {
    await site.run('start', fixture('idle.cjs'));
    const logs = site.follow('logs', 'idle');
    await waitFor('the first lines', () => logs.stdout().includes('App [idle:0] online'));
    expect(await logs.stop('SIGINT')).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('ends with 1 and the reason when an app crashes at once', async () => {
    const { code, stdout, stderr } = await site.run('start', fixture('throws.cjs'), '--max-restarts', '0');
    expect(code).toBe(1);
    expect(stdout).toMatch(/throws .* errored/);
    expect(stderr).toMatch(
      /^\[holdfast\] Cannot start throws:0: exited with code \[1\] \(pid \d+; uncaught .*\)\.\n {2}Next: holdfast logs throws\n$/,
    );
  });
});

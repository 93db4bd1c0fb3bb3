// `holdfast run`: what it prints, where, and what becomes of lines that nobody reads.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byApps, byManager, disposeForeground, linesOf } from './kit/foreground.ts';
import { run } from './kit/run.ts';
import { CLI, createSite, fixture, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => (site = createSite()));
afterEach(() => disposeForeground(site));

describe('lines', () => {
  it('of one app are its bytes, on the stream they were written to; what happens to it is told on standard error', async () => {
    const child = spawn(process.execPath, [CLI, 'run', fixture('writes.cjs'), '--no-autorestart'], { cwd: site.folder, env: site.env });
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from('first line\n\xff\x00\nno end', 'latin1'));
    expect(byApps(stderr)).toEqual(['trouble']);
    expect(byManager(stderr)).toEqual([
      expect.stringMatching(/^App \[writes:0\] starting: node .*writes\.cjs$/),
      'App [writes:0] started (pid N)',
      'App [writes:0] online',
      'App [writes:0] exited with code [0] (pid N)',
      'App [writes:0] stopped: autorestart is false',
      'no app is left: leaving with exit code 0',
    ]);
  });

  it('of several apps have their id and name before them, and are whole', async () => {
    const config = site.ecosystem(
      { name: 'one', script: fixture('writes.cjs'), autorestart: false },
      { name: 'two', script: fixture('writes.cjs'), autorestart: false, log_date_format: '[at] YYYY' },
    );
    const { code, stdout, stderr } = await site.run('run', config);
    expect(code).toBe(0);
    const year = new Date().getFullYear();
    const twos = ['first line', '\ufffd\0', 'no end'].map((text) => `1|two | at ${year}: ${text}`);
    expect(linesOf(stdout).toSorted()).toEqual(['0|one | first line', '0|one | no end', '0|one | \ufffd\0', ...twos].toSorted());
    expect(byApps(stderr).toSorted()).toEqual(['0|one | trouble', `1|two | at ${year}: trouble`]);
  });

  it('of several apps are as they were written with --raw', async () => {
    const config = site.ecosystem({ name: 'one', script: fixture('writes.cjs'), instances: 2, exec_mode: 'fork', autorestart: false });
    const { stdout } = await site.run('run', config, '--raw');
    expect(linesOf(stdout).toSorted()).toEqual(['first line', 'first line', 'no end', 'no end', '\ufffd\0', '\ufffd\0']);
  });

  it('are JSON with --json, and key=value with --format, with the keys of pm2-runtime', async () => {
    const asJson = await site.run('run', fixture('writes.cjs'), '--no-autorestart', '--json', '--name', 'api');
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const line = (type: string, message: string) => ({ message, timestamp: at, type, process_id: 0, app_name: 'api' });
    expect(linesOf(asJson.stdout).map((text) => JSON.parse(text) as unknown)).toEqual([
      line('out', 'first line'),
      line('out', '\ufffd\0'),
      line('out', 'no end'),
    ]);
    const told = linesOf(asJson.stderr).map((text) => JSON.parse(text) as { type: string; message: string; level?: string });
    expect(told.filter(({ type }) => type === 'err')).toEqual([line('err', 'trouble')]);
    expect(told.find(({ message }) => message.startsWith('exited with code [0]'))).toMatchObject({ type: 'process_event', level: 'warn' });

    const asPairs = await site.run('run', fixture('writes.cjs'), '--no-autorestart', '--format', '--name', 'api');
    expect(linesOf(asPairs.stdout)[0]).toMatch(/^timestamp=\d{4}-\d\d-\d\d-[\d:]{8}\+0000 app=api id=0 type=out message=first line$/);
    expect(asPairs.stderr).toMatch(/^timestamp=\S+ app=api id=0 type=error message=trouble$/m);
  });

  it('of no weight are left out with --silent', async () => {
    const { stderr } = await site.run('run', fixture('writes.cjs'), '--no-autorestart', '--silent');
    expect([byManager(stderr), byApps(stderr)]).toEqual([['App [writes:0] exited with code [0] (pid N)'], ['trouble']]);
  });

  it('go to the files that an app names, too, and not twice to standard output', async () => {
    const config = site.ecosystem({
      name: 'api',
      script: fixture('writes.cjs'),
      autorestart: false,
      out_file: '/dev/stdout',
      error_file: path.join(site.folder, 'trouble.log'),
    });
    const { stdout, stderr } = await site.run('run', config);
    expect(linesOf(stdout)).toEqual(['first line', '\ufffd\0', 'no end']);
    expect(byApps(stderr)).toEqual(['trouble']);
    expect(fs.readFileSync(path.join(site.folder, 'trouble.log'), 'utf8')).toBe('trouble\n');
  });
});

describe('a reader', () => {
  const LINES = 60_000;

  it('who reads gets every line of 6 MB, in order', async () => {
    site.env['LINES'] = String(LINES);
    // cat(1) is what a container's log driver is like; this very process may stand still for seconds on a busy machine.
    const line = 'exec "$0" "$@" 2> manager.log | cat > lines.log';
    const { code } = await run('sh', ['-c', line, process.execPath, CLI, 'run', fixture('floods.cjs'), '--no-autorestart'], {
      cwd: site.folder,
      env: site.env,
    });
    expect(code).toBe(0);
    const numbers = linesOf(fs.readFileSync(path.join(site.folder, 'lines.log'), 'utf8')).map(Number);
    expect([numbers.length, numbers.every((number, index) => number === index + 1)]).toEqual([LINES, true]);
  });

  it('who does not read blocks the app for a moment only; then lines are dropped, and counted when he reads again', async () => {
    site.env['LINES'] = String(LINES);
    const child = spawn(process.execPath, [CLI, 'run', fixture('floods.cjs'), '--no-autorestart', '--no-auto-exit'], {
      cwd: site.folder,
      env: site.env,
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // Nobody reads standard output, and the app comes to its end all the same.
    await waitFor('the app to end', () => byManager(stderr).includes('App [floods:0] stopped: autorestart is false'));
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const dropped = await waitFor('the count of what was dropped', () => /(\d+) lines were dropped: standard output/.exec(stderr)?.[1]);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    // A line of which the end was dropped is one of those that are counted.
    const numbers = linesOf(stdout)
      .filter((line) => line.length === 99)
      .map(Number);
    expect(numbers.length + Number(dropped)).toBe(LINES);
    expect(numbers.every((number, index) => number === index + 1)).toBe(true);
  });

  it('who leaves ends everything, without a word', async () => {
    const app = site.write('talks.cjs', "setInterval(() => console.log('on'), 10);");
    const child = spawn(process.execPath, [CLI, 'run', app], { cwd: site.folder, env: site.env });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(byManager(stderr).at(-1)).toBe('App [talks:0] stopped');
  });
});

it('holdfast-runtime takes the arguments of pm2-runtime, and says which of them mean nothing here', async () => {
  const runtime = path.join(ROOT, 'dist/holdfast-runtime.cjs');
  const args = ['start', '--secret', 'abc', '--public', 'def', fixture('writes.cjs'), '--no-autorestart', '--raw', '--', '--web'];
  const child = spawn(process.execPath, [runtime, ...args], { cwd: site.folder, env: site.env });
  let stderr = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  expect(await once(child, 'close')).toEqual([0, null]);
  const remarks = linesOf(stderr).filter((line) => line.startsWith('[holdfast]'));
  expect(remarks).toEqual(
    ['--secret', '--public'].map((name) => `[holdfast] Note: ${name} has no effect: there is no PM2 Plus and no agent here.`),
  );
  expect(stderr).toMatch(/starting: node .*writes\.cjs --web$/m);
});

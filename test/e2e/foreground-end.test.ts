// `holdfast run`: when it ends, with which exit code, and that nothing is left then.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { byManager, disposeForeground, told } from './kit/foreground.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => (site = createSite()));
afterEach(() => disposeForeground(site));

describe('the exit code', () => {
  it('of one app is its own', async () => {
    site.env['CODE'] = '3';
    expect(await site.run('run', fixture('exits.cjs'), '--no-autorestart')).toMatchObject({ code: 3 });
    expect(await site.run('start', fixture('exits.cjs'), '--no-daemon', '--stop-exit-codes', '3')).toMatchObject({ code: 3 });
  });

  it('of one app that a signal ended is 128 and its number', async () => {
    site.env['BY'] = 'SIGKILL';
    expect(await site.run('run', fixture('exits-by.cjs'), '--no-autorestart')).toMatchObject({ code: 137 });
  });

  it('is 1 where the app was given up, after as many tries as it has', async () => {
    site.env['CODE'] = '3';
    const { code, stderr } = await site.run('run', fixture('exits.cjs'), '--max-restarts', '3');
    expect(code).toBe(1);
    const lines = byManager(stderr);
    expect(lines.filter((line) => line.includes('exited with code [3]'))).toHaveLength(3);
    expect(lines).toContainEqual(
      expect.stringMatching(/^App \[exits:0\] errored: 3 crashes in .*, not restarting again \(max_restarts 3\)$/),
    );
    expect(lines.at(-1)).toBe('no app is left: leaving with exit code 1');
  });

  it('of several apps is 0 where all went well, and 1 where one did not', async () => {
    const app = (name: string, code: number) => ({ name, script: fixture('exits.cjs'), autorestart: false, env: { CODE: String(code) } });
    expect(await site.run('run', site.ecosystem(app('a', 0), app('b', 0)))).toMatchObject({ code: 0 });
    expect(await site.run('run', site.ecosystem(app('a', 7), app('b', 0)))).toMatchObject({ code: 1 });
  });

  it('is 1 where there is nothing to run, and says why', async () => {
    expect(await site.run('run')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^\[holdfast\] Cannot run: nothing was named/) });
    expect(await site.run('run', 'absent.js')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^\[holdfast\] Cannot run: /) });
    const leaves = site.write('leaves.config.js', 'process.exit(0);');
    expect(await site.run('run', leaves)).toMatchObject({ code: 1 });
    expect(await site.run('run', fixture('idle.cjs'), '--raw', '--json')).toMatchObject({ code: 1 });
    expect(await site.run('run', fixture('idle.cjs'), '--stop-timeout', 'soon')).toMatchObject({ code: 1 });
  });

  it('is that of a signal where nothing is left and --no-auto-exit keeps it', async () => {
    const running = site.follow('run', fixture('exits.cjs'), '--no-autorestart', '--no-auto-exit');
    await told(running, 'no app is left: waiting for a signal (--no-auto-exit)');
    expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, signal: null });
  });
});

describe('SIGTERM and SIGINT', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s: every instance finishes its requests, then everything ends with 0', async (signal) => {
    const port = await freePort();
    site.env['PORT'] = String(port);
    const running = site.follow('run', fixture('http-server.cjs'), '-i', '2');
    await told(running, 'traffic to 2 of 2');
    const slow = ask({ port, path: '/slow?ms=700' });
    await waitFor('the request to be under way', async () => (await ask({ port })).status === 200);
    const ended = running.stop(signal);
    expect((await slow).status).toBe(200);
    expect(await ended).toMatchObject({ code: 0, signal: null });
    expect(byManager(running.stderr())).toContain(`${signal}: stopping everything`);
  });

  it('while the config file is being read end it with 0', async () => {
    const config = site.write('endless.config.js', "console.error('reading'); for (;;);");
    const running = site.follow('run', config);
    await waitFor('the config file to be read', () => running.stderr().includes('reading'));
    expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, signal: null });
  });

  it('do not wait for an app longer than --stop-timeout', async () => {
    const running = site.follow('run', fixture('ignores-sigint.cjs'), '--kill-timeout', '60s', '--stop-timeout', '300ms');
    await waitFor('the app to be up', () => running.stdout().includes('up'));
    expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, signal: null });
    expect(byManager(running.stderr())).toContain('not everything has stopped after 300 ms (--stop-timeout): SIGKILL to what is left');
  });

  it('end it at once when they come again', async () => {
    const running = site.follow('run', fixture('ignores-sigint.cjs'), '--kill-timeout', '60s', '--stop-timeout', '60s');
    await waitFor('the app to be up', () => running.stdout().includes('up'));
    running.child.kill('SIGTERM');
    await waitFor('the app to hear of it', () => running.stdout().includes('SIGINT ignored'));
    expect(await running.stop('SIGINT')).toMatchObject({ code: 130, signal: null });
  });
});

it('a crash is followed by a restart, told as under the daemon; the manager costs the site nothing', async () => {
  const port = await freePort();
  fs.cpSync(path.join(ROOT, 'examples/track-backend'), site.folder, { recursive: true });
  const config = site.write(
    'changed.config.js',
    `const { apps } = require('./ecosystem.config.js');
     module.exports = { apps: [{ ...apps[0], env: { ...apps[0].env, PORT: ${port} } }] };`,
  );
  const running = site.follow('run', config);
  await told(running, 'traffic to 2 of 2');
  const { pid } = JSON.parse((await ask({ port })).body) as { pid: number };
  await ask({ port, path: '/api/projects/55' }).catch(() => undefined);
  await told(running, 'will restart in 2000ms (crash 1 of 10)');
  expect((await ask({ port })).status).toBe(200);
  await told(running, 'traffic to 2 of 2', 2);
  const line = (text: string): RegExp => new RegExp(String.raw`^\d\d:\d\d:\d\d Holdfast \| App \[track-backend:[01]\] ${text}`, 'm');
  expect(running.stderr()).toMatch(
    line(String.raw`exited with code \[1\] \(pid \d+; uncaught TypeError: Cannot read properties of undefined`),
  );
  expect(running.stderr()).toMatch(line('will restart in 2000ms'));
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0 });
  await waitFor('the instances to be gone', () => !isAlive(pid));
});

// What `start` says of an app that does not come up, of one that takes its time, and that many commands at once are no trouble.
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { run } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { runOnTerminal } from './kit/terminal.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

describe('an app that crashes at once', () => {
  it.each(['fork', 'cluster'])(
    'ends start and restart with 1, the reason and the next command; stop, then a good script, take the alert away (%s)',
    async (exec_mode) => {
      const app = { name: 'app', exec_mode, instances: 2, max_restarts: 2 };
      const config = site.ecosystem({ ...app, script: fixture('throws.cjs') });
      const reason =
        /^\[holdfast\] Cannot (re)?start app:0, and 1 alike: exited with code \[1\] \(pid \d+; uncaught TypeError: .*\)\.\n {2}Next: holdfast logs app\n$/;
      const start = await site.run('start', config);
      expect(start.code).toBe(1);
      expect(start.stderr).toMatch(reason);
      expect(start.stdout).toContain(`Logs: holdfast logs app`);
      await waitFor('both to be given up', async () => (await site.instances('app')).every(({ status }) => status === 'errored'));
      expect((await runOnTerminal(site, {}, 'ls', '--no-color')).join('\n')).toMatch(
        /\n\nalert {2}App \[app:0\] errored: 2 crashes .*\nalert {2}App \[app:1\] errored: 2 crashes .* then holdfast restart app$/,
      );
      const restart = await site.run('restart', 'app');
      expect(restart.code).toBe(1);
      expect(restart.stderr).toMatch(reason);
      expect(await site.run('start', site.ecosystem({ ...app, script: fixture('idle.cjs') }))).toMatchObject({ code: 0 });
      expect((await site.apps()).alerts).toEqual([]);
    },
  );

  it('is no failure where it is a job that has done its work', async () => {
    const config = site.ecosystem({ name: 'job', script: fixture('exits.cjs'), env: { CODE: '0' }, autorestart: false });
    expect(await site.run('start', config)).toMatchObject({ code: 0, stderr: '' });
    expect((await site.instances('job')).map(({ status }) => status)).toEqual(['stopped']);
  });
});

it.each(['fork', 'cluster'])('names the holder of a busy port in %s mode, in the answer and in the log', async (exec_mode) => {
  const port = await freePort();
  const blocker = net.createServer().listen(port);
  await new Promise((resolve) => void blocker.once('listening', resolve));
  try {
    const { code, stderr } = await site.run(
      'start',
      site.ecosystem({
        name: 'web',
        script: fixture('http-server.cjs'),
        exec_mode,
        instances: 1,
        max_restarts: 1,
        env: { PORT: String(port) },
      }),
    );
    expect(code).toBe(1);
    const busy = new RegExp(`${port} is already in use by pid ${process.pid} \\(.+\\)`);
    expect(stderr).toMatch(busy);
    expect(stderr).toContain('EADDRINUSE');
    expect(stderr).toContain('Next: holdfast logs web');
    expect(site.events('web').some(({ text }) => busy.test(text))).toBe(true);
  } finally {
    await new Promise((resolve) => void blocker.close(resolve));
  }
  expect(await site.run('restart', 'web')).toMatchObject({ code: 0 });
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

it('waits for wait_ready; Ctrl-C ends the waiting, says so, and the daemon goes on with it', async () => {
  const waiting = site.follow('start', fixture('wait-ready.cjs'), '-n', 'slow', '--wait-ready', '--listen-timeout', '60s');
  await waitFor('its launch', async () => (await site.instances('slow'))[0]?.status === 'starting');
  expect(await waiting.stop('SIGINT')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: '[holdfast] Cannot tell how "starting slow" ended: interrupted; the daemon goes on with it.\n  Next: holdfast ls\n',
  });
  expect((await site.instances('slow')).map(({ status }) => status)).toEqual(['starting']);
  expect(await site.run('stop', 'slow')).toMatchObject({ code: 0 });
});

it('starts one daemon for fifty commands at once, and none of them fails', async () => {
  const results = await Promise.all(Array.from({ length: 50 }, () => site.run('ls', '--json')));
  expect(new Set(results.map((result) => JSON.stringify(result)))).toEqual(
    new Set([JSON.stringify({ code: 0, signal: null, stdout: '{"apps":[],"alerts":[]}\n', stderr: '' })]),
  );
  expect(site.processes().map(({ command }) => command)).toEqual(['holdfast: daemon']);
  expect(site.events().filter(({ text }) => /daemon .* started/.test(text))).toHaveLength(1);
});

it('gives every one of twelve apps that are started at once an id of its own', async () => {
  const script = fixture('idle.cjs');
  const names = Array.from({ length: 12 }, (_, index) => `app-${index}`);
  const results = await Promise.all(names.map((name) => site.run('start', script, '-n', name, '--no-wait')));
  expect(results.map(({ code }) => code)).toEqual(names.map(() => 0));
  await waitFor(
    'all of them',
    async () => (await site.apps()).apps.filter(({ instances }) => instances[0]!.status === 'online').length === 12,
  );
  const { apps } = await site.apps();
  expect(apps.map(({ instances }) => instances[0]!.id).sort((a, b) => a - b)).toEqual(names.map((_, index) => index));
});

describe('the home', () => {
  it.each([
    ['/proc/holdfast', /Cannot use the home directory \/proc\/holdfast: it does not exist/],
    ['/dev/null', /Cannot use the home directory \/dev\/null: it is a file/],
    [`/tmp/${'x'.repeat(120)}`, /its path has \d+ bytes, and 107 is the limit of Unix sockets/],
  ])('%s is refused at once, with the reason and what to do', async (home, reason) => {
    const { code, stdout, stderr } = await run(process.execPath, [CLI, 'ls'], {
      env: { ...site.env, HOLDFAST_HOME: home },
      timeoutMs: 10_000,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr).toContain('\n  Next: Set HOLDFAST_HOME to ');
  });
});

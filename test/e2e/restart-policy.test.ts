// The restart policy with real processes: what an operator sees of design section 3.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSite, fixture } from './kit/site.ts';
import type { LoggedEvent, Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const textsOf = (app: string): string[] => site.events(app).map(({ text }) => text);
const eventsLike = (app: string, pattern: RegExp): LoggedEvent[] => site.events(app).filter(({ text }) => pattern.test(text));

async function start(app: object): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return site.run('start', site.ecosystem({ name: 'app', ...app }));
}

/** Milliseconds from each exit to the next launch. */
function gaps(app: string): number[] {
  const exits = eventsLike(app, /^exited/);
  const starts = eventsLike(app, /^starting/).slice(1);
  return starts.map((event, index) => event.at - exits[index]!.at);
}

describe.each(['fork', 'cluster'])('in %s mode', (mode) => {
  const shape = { exec_mode: mode, instances: 1 };

  it('restarts after restart_delay, and the CLI exits 1 with the reason of the first exit', async () => {
    const result = await start({ ...shape, script: fixture('exits.cjs'), env: { CODE: '3' }, restart_delay: 300, max_restarts: 3 });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('exited with code [3]');
    await waitFor('errored', () => textsOf('app').find((text) => text.startsWith('errored: 3 crashes')));
    expect(gaps('app')).toHaveLength(2);
    for (const gap of gaps('app')) expect(gap).toBeGreaterThanOrEqual(295);
  });

  it('doubles the backoff up to its cap', async () => {
    await start({ ...shape, script: fixture('exits.cjs'), exp_backoff_restart_delay: 50, exp_backoff_max: 200, max_restarts: 6 });
    await waitFor('errored', () => textsOf('app').find((text) => text.startsWith('errored')));
    expect(eventsLike('app', /^will restart/).map(({ text }) => text)).toEqual([
      'will restart in 50ms (crash 1 of 6)',
      'will restart in 100ms (crash 2 of 6)',
      'will restart in 200ms (crash 3 of 6)',
      'will restart in 200ms (crash 4 of 6)',
      'will restart in 200ms (crash 5 of 6)',
    ]);
    expect(gaps('app').every((gap, index) => gap >= [50, 100, 200, 200, 200][index]! - 5)).toBe(true);
  });

  it('ends in errored after max_restarts unstable runs, says so, alerts, and starts again by hand', async () => {
    await start({ ...shape, script: fixture('throws.cjs'), max_restarts: 10 });
    const last = await waitFor('errored', () => textsOf('app').find((text) => text.startsWith('errored')));
    expect(last).toMatch(
      /^errored: 10 crashes in .+, not restarting again \(max_restarts 10\)\. Manual intervention required: fix it, then holdfast restart app$/,
    );
    expect(eventsLike('app', /^starting/)).toHaveLength(10);
    expect((await site.run('ls')).stdout).toMatch(/│ errored +│/);
    expect((await site.apps()).alerts).toMatchObject([{ app: 'app', text: expect.stringMatching(/10 crashes/) as string }]);
    const again = await site.run('restart', 'app');
    expect(again.code).toBe(1);
    await waitFor('errored again, with a fresh count', () => eventsLike('app', /^errored: 10 crashes/).length === 2);
  });

  it('ends in errored after max_restarts exits within the window, though each run was stable', async () => {
    await start({
      ...shape,
      script: fixture('exits.cjs'),
      env: { AFTER_MS: '150' },
      min_uptime: 100,
      max_restarts: 4,
      listen_timeout: 50,
      restart_window: '60s',
    });
    await waitFor('errored', () => textsOf('app').find((text) => text.startsWith('errored: 4 crashes')));
    expect(eventsLike('app', /^healthy/).length).toBeGreaterThanOrEqual(3);
  });

  it('never gives up on exits that leave the window by age', async () => {
    await start({
      ...shape,
      script: fixture('exits.cjs'),
      env: { AFTER_MS: '150' },
      min_uptime: 100,
      max_restarts: 4,
      listen_timeout: 50,
      restart_window: 200,
    });
    await waitFor('ten launches', () => eventsLike('app', /^starting/).length >= 10);
    expect(eventsLike('app', /^errored/)).toEqual([]);
  });

  it('is healthy after min_uptime, which resets the backoff', async () => {
    await start({
      ...shape,
      script: fixture('exits.cjs'),
      env: { AFTER_MS: '400' },
      min_uptime: 200,
      listen_timeout: 50,
      exp_backoff_restart_delay: 60,
    });
    await waitFor('three restarts', () => eventsLike('app', /^will restart/).length >= 3);
    expect(
      eventsLike('app', /^will restart/)
        .slice(0, 3)
        .every(({ text }) => text.startsWith('will restart in 60ms')),
    ).toBe(true);
    expect(eventsLike('app', /^healthy \(alive 2\d\d ms\)$/).length).toBeGreaterThanOrEqual(3);
  });

  it('ends stopped, not errored, on an exit code of stop_exit_codes', async () => {
    await start({ ...shape, script: fixture('exits.cjs'), env: { CODE: '42' }, stop_exit_codes: [0, 42] });
    await waitFor('stopped', async () => (await site.instances('app'))[0]?.status === 'stopped');
    expect(eventsLike('app', /^starting/)).toHaveLength(1);
    expect(textsOf('app').at(-1)).toBe('stopped: the exit code is one of stop_exit_codes');
  });

  it('restarts nothing where autorestart is false', async () => {
    await start({ ...shape, script: fixture('exits.cjs'), autorestart: false });
    await waitFor('stopped', async () => (await site.instances('app'))[0]?.status === 'stopped');
    expect(eventsLike('app', /^starting/)).toHaveLength(1);
  });

  it('records a death by signal as that signal, and restarts though 0 is a stop exit code', async () => {
    await start({ ...shape, script: fixture('idle.cjs'), listen_timeout: 50, stop_exit_codes: [0] });
    const [before] = await site.instances('app');
    process.kill(before!.pid!, 'SIGKILL');
    const after = await waitFor('a new pid', async () =>
      (await site.instances('app')).find(({ pid }) => pid !== null && pid !== before!.pid),
    );
    expect(after.tally.at(-1)).toMatchObject({ exit: { code: null, signal: 'SIGKILL' }, pid: before!.pid });
    expect(textsOf('app')).toContain(`exited by signal [SIGKILL] (pid ${before!.pid})`);
    expect(after.restarts).toBe(1);
  });

  it.each(['unhandled-rejection.cjs', 'esm-bad-import.mjs', 'throws.cjs'])(
    'takes the end of %s for a crash and says what ended it',
    async (name) => {
      const result = await start({ ...shape, script: fixture(name), max_restarts: 2 });
      expect(result.code).toBe(1);
      await waitFor('errored', async () => (await site.instances('app'))[0]?.status === 'errored');
      expect(eventsLike('app', /^exited with code \[1\] \(pid \d+; uncaught \S*Error/)).toHaveLength(2);
    },
  );

  it('has the last lines before process.exit in the log', async () => {
    await start({ ...shape, script: fixture('last-line-before-exit.cjs'), autorestart: false });
    const lines = await waitFor('both lines', async () => {
      const logs = (await site.logs('app')).filter(({ stream }) => stream !== 'event');
      return logs.length >= 2 ? logs : null;
    });
    expect(lines.map(({ stream, text }) => `${stream} ${text}`).sort()).toEqual(['err last words on stderr', 'out last line of stdout']);
  });

  it('lets a stop overtake a waiting restart', async () => {
    await start({ ...shape, script: fixture('exits.cjs'), restart_delay: 60_000 });
    expect((await site.instances('app'))[0]).toMatchObject({ status: 'waiting restart' });
    const stopped = await site.run('stop', 'app');
    expect(stopped.code).toBe(0);
    expect((await site.instances('app'))[0]).toMatchObject({ status: 'stopped', restartInMs: null });
    expect(eventsLike('app', /^starting/)).toHaveLength(1);
  });

  it('ends an app that ignores the signal with SIGKILL after kill_timeout', async () => {
    await start({ ...shape, script: fixture('ignores-sigint.cjs'), kill_timeout: 400, listen_timeout: 100 });
    await waitFor('the app to be up', async () => (await site.logs('app')).some(({ text }) => text === 'up'));
    const [{ pid } = { pid: null }] = await site.instances('app');
    expect((await site.run('stop', 'app')).code).toBe(0);
    expect(textsOf('app').slice(-3)).toEqual([
      'still alive after 400 ms: SIGKILL to its process tree',
      `exited by signal [SIGKILL] (pid ${pid})`,
      'stopped',
    ]);
  });
});

it('ends the whole tree of an app that starts its server as a child, as npm start does', async () => {
  const { freePort } = await import('./kit/ports.ts');
  const port = await freePort();
  await start({ script: fixture('grandchild.cjs'), env: { PORT: String(port) } });
  const grandchild = await waitFor(
    'the grandchild',
    async () => /grandchild (\d+)/.exec((await site.logs('app')).map(({ text }) => text).join('\n'))?.[1],
  );
  await waitFor('its server', () => fetch(`http://127.0.0.1:${port}/`));
  expect((await site.run('stop', 'app')).code).toBe(0);
  expect(site.processes().map(({ pid }) => pid)).not.toContain(Number(grandchild));
});

it('kills what is left of the tree when the app itself crashes, so that the next run finds its port free', async () => {
  const { freePort } = await import('./kit/ports.ts');
  const port = await freePort();
  await start({ script: fixture('grandchild.cjs'), env: { PORT: String(port) } });
  await waitFor('its server', () => fetch(`http://127.0.0.1:${port}/`));
  const [before] = await site.instances('app');
  process.kill(before!.pid!, 'SIGKILL');
  await waitFor('the server of the next run', async () => {
    const [now] = await site.instances('app');
    return now!.pid !== before!.pid && (await fetch(`http://127.0.0.1:${port}/`)).ok;
  });
  expect(eventsLike('app', /^exited/)).toHaveLength(1);
});

it('refuses a script that does not exist, and starts nothing', async () => {
  const result = await start({ script: './not-there.js' });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('not-there.js');
  expect(site.processes()).toEqual([]);
});

it('refuses an interpreter that does not exist, and starts nothing', async () => {
  const result = await start({ script: fixture('idle.cjs'), interpreter: 'no-such-interpreter' });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('no-such-interpreter');
  expect(site.processes()).toEqual([]);
});

it('takes an interpreter and a script that vanish later for crashes, with the reason', async () => {
  const script = site.write('app.sh', '#!/bin/sh\nexec sleep 1000\n');
  const interpreter = site.write('bin/sh', '#!/bin/sh\nexec /bin/sh "$@"\n');
  const { chmodSync, rmSync } = await import('node:fs');
  chmodSync(interpreter, 0o755);
  expect((await start({ script, interpreter, max_restarts: 2 })).code).toBe(0);
  rmSync(interpreter);
  const again = await site.run('restart', 'app');
  expect(again.code).toBe(1);
  await waitFor('errored', async () => (await site.instances('app'))[0]?.status === 'errored');
  expect(eventsLike('app', /^cannot be started: .*bin\/sh/).length).toBe(2);
});

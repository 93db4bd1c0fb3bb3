// `holdfast run` as the first process of a container: a PID namespace of its own, no home, no rights, nothing to write to.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { byApps, byManager, disposeForeground, told } from './kit/foreground.ts';
import { freePort } from './kit/ports.ts';
import { run, runBeside } from './kit/run.ts';
import type { Running } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

/** Whether this machine lets us make a namespace: root may, others where the kernel and the container allow it. */
const canUnshare = isPossible('unshare', '--pid', '--fork', '--mount-proc', 'true');
const AS_NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];
const canDropRights = isPossible('setpriv', ...AS_NOBODY, process.execPath, CLI, '--version');

function isPossible(file: string, ...args: string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not there, or not permitted
  }
}

let site: Site;
beforeEach(() => (site = createSite()));
afterEach(() => disposeForeground(site));

/** A container, as far as processes go, whose first process is `node cli.cjs run ...args`. */
function contain(args: readonly string[]): Running {
  const command = [process.execPath, CLI, 'run', ...args];
  return runBeside('unshare', ['--pid', '--fork', '--mount-proc', '--kill-child', ...command], { cwd: site.folder, env: site.env });
}

/** The first process as we see it from outside: the only child of unshare(1), to which no signal is passed on. */
async function firstOf({ child }: Running): Promise<number> {
  return waitFor(
    'the first process',
    () => Number(fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()) || null,
  );
}

describe.runIf(canUnshare)('PID 1', () => {
  it('hears SIGTERM, which the kernel keeps from a first process that does not listen, lets requests finish and ends with 0', async () => {
    const port = await freePort();
    site.env['PORT'] = String(port);
    const running = contain([fixture('http-server.cjs'), '-i', '2']);
    await told(running, 'traffic to 2 of 2');
    const slow = ask({ port, path: '/slow?ms=500' });
    await waitFor('the request to be under way', async () => (await ask({ port })).status === 200);
    process.kill(await firstOf(running), 'SIGTERM');
    expect((await slow).status).toBe(200);
    expect(await running.ended).toMatchObject({ code: 0, signal: null });
    expect(byManager(running.stderr()).at(-1)).toMatch(/^App \[http-server:[01]\] stopped$/);
  });

  it('ends with the exit code of its app, and its processes with it', async () => {
    site.env['CODE'] = '42';
    expect(await contain([fixture('exits.cjs'), '--no-autorestart']).ended).toMatchObject({ code: 42 });
  });

  it('does not reap what apps leave behind: that is what docker run --init is for', async () => {
    const app = site.write(
      'leaves.cjs',
      `const { spawn } = require('node:child_process');
       // The shell ends at once, its child a little later: an orphan, handed to PID 1.
       for (let n = 0; n < 5; n += 1) spawn('sh', ['-c', 'sleep 0.1 & exit 0'], { stdio: 'ignore' });
       setInterval(() => {}, 2 ** 30);`,
    );
    const running = contain([app]);
    const first = await firstOf(running);
    await waitFor('five zombies', () => zombiesOf(first) === 5);
    process.kill(first, 'SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
  });
});

describe.runIf(canDropRights)('a user without a home, rights and anything to write to', () => {
  it('is enough', async () => {
    const env = { PATH: process.env['PATH'], HOLDFAST_TEST_RUN: process.env['HOLDFAST_TEST_RUN'], CODE: '3' };
    const args = [...AS_NOBODY, process.execPath, CLI, 'run', fixture('exits.cjs'), '-i', '2', '--no-autorestart'];
    const { code, stderr } = await run('setpriv', args, { cwd: '/', env });
    expect([code, byApps(stderr)]).toEqual([3, []]);
    expect(byManager(stderr).filter((line) => line.includes('exited with code [3]'))).toHaveLength(2);
  });
});

/** Children of a process that have ended and were not waited for. */
function zombiesOf(pid: number): number {
  return fs
    .readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter((child) => /^\d+ \(.*\) Z/s.test(fs.readFileSync(`/proc/${child}/stat`, 'latin1'))).length;
}

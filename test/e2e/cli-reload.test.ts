// What `reload` shows while it happens: in a pipe, on a terminal, for programs; when it waits, fails, or nobody watches any more. One site, two apps.
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutPlansReply, OperationUpdate } from '../../src/model/view.ts';
import { freePort } from './kit/ports.ts';
import { run } from './kit/run.ts';
import { screenOf } from './kit/screen.ts';
import { CLI, createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const SERVER = (port: number): string =>
  `require('http').createServer((_, response) => response.end('ok')).listen(${port}, () => console.log('listening'));\n`;

/** Ready once that file is there. */
const SLOW = (file: string): string =>
  `const timer = setInterval(() => require('fs').existsSync(${JSON.stringify(file)}) && (process.send('ready'), clearInterval(timer)), 20);
setInterval(() => {}, 1e9);\n`;

let site: Site;
let port: number;
let mayBeReady: string;
beforeAll(async () => {
  site = createSite();
  port = await freePort();
  site.write('api.js', SERVER(port));
  mayBeReady = site.write('may-be-ready', '');
  site.write('slow.js', SLOW(mayBeReady));
  await site.run(
    'start',
    site.ecosystem(
      { name: 'api', script: 'api.js', instances: 2, exec_mode: 'cluster', max_restarts: 1, drain_idle: 100 },
      { name: 'slow', script: 'slow.js', instances: 1, exec_mode: 'cluster', wait_ready: true, drain_idle: 100 },
    ),
  );
});
afterAll(() => site.dispose());

const STEP = /^\d\d:\d\d:\d\d App \[api:[01]\] .* \(\d+ms\)$/;

describe('reload', () => {
  it('in a pipe prints a line a step with its time, then how it went and the list', async () => {
    const { code, stdout, stderr } = await site.run('reload', 'api');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/App \[api\] reload: 2 instances to release \d+, each new one ready before the old one leaves$/);
    const steps = lines.filter((line) => STEP.test(line)).map((line) => line.replace(/^.*\] (.*) \(.*$/, '$1'));
    const once = [
      'successor launched',
      'successor ready',
      'successor in rotation',
      'predecessor out of rotation',
      'predecessor drained',
      'predecessor stopped',
    ];
    expect(steps).toEqual([...once, ...once]);
    expect(stdout).toMatch(/\n\[holdfast\] api: 2 instances reloaded in .* m?s, release \d+\n┌.*\n│ id │ name /);
    expect(stdout).not.toContain('\u001b');
  });

  it('on a terminal of 80 columns rewrites a line a slot, and leaves nothing of it', async () => {
    const stdout = await onTerminal(80, 'reload', 'api');
    expect(stdout).toContain('waiting until it is ready');
    const screen = screenOf(stdout, 80);
    expect(screen[0]).toMatch(/^\[holdfast\] api: 2 instances reloaded in .* m?s, release \d+$/);
    expect(screen[2]).toMatch(/^│ id │ name /);
    expect(screen.filter((line) => line.length > 80)).toEqual([]);
    expect(screen.join('\n')).not.toMatch(/reloading|waiting|✓/);
  });

  it('--json is an update a line, and the operation at the end', async () => {
    const { code, stdout } = await site.run('reload', 'api', '--json');
    const updates = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as OperationUpdate);
    expect(code).toBe(0);
    const rollout = expect.objectContaining({ phase: 'done', overlap: 'balanced' }) as unknown;
    expect(updates.at(-1)).toMatchObject({ type: 'operation', operation: { state: 'done', rollouts: [{ app: 'api', rollout }] } });
    expect(updates.filter((update) => update.type === 'operation' && update.operation.state === 'running').length).toBeGreaterThan(5);
  });

  it('--dry-run shows the steps and does none', async () => {
    const before = (await site.instances('api')).map(({ pid }) => pid);
    const { code, stdout } = await site.run('reload', 'api', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Reload of api: 2 instances\n {2}each new one ready before the old one leaves\n {2}1\. api:0\n {7}launch/);
    expect(stdout).toMatch(/\n {2}2\. api:1: likewise\n\nNothing has been done\.\n$/);
    const { plans } = await site.json<RolloutPlansReply>('reload', 'api', '--dry-run', '--parallel', '2');
    expect(plans[0]!.waves.map((wave) => wave.map(({ slot }) => slot))).toEqual([[0, 1]]);
    expect((await site.instances('api')).map(({ pid }) => pid)).toEqual(before);
  });

  it('says what it waits behind, and that it goes on after Ctrl-C; describe shows where it is and how it ended', async () => {
    fs.rmSync(mayBeReady);
    const first = site.follow('reload', 'slow');
    await waitFor('the first to begin', () => first.stdout().includes('App [slow] reload'));
    const second = site.follow('reload', 'slow');
    await waitFor('the second to say that it waits', () => /reloading slow: waits for reload of slow\n/.test(second.stdout()));
    expect(await first.stop('SIGINT')).toMatchObject({
      code: 1,
      stderr: '[holdfast] Cannot tell how "reloading slow" ended: interrupted; it goes on by itself.\n  Next: holdfast describe slow\n',
    });
    expect((await site.run('describe', 'slow')).stdout).toMatch(
      /\n Reload of slow: running \n(.*\n)*?│ slow:0 .*waiting until it is ready/,
    );
    site.write('may-be-ready', '');
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' });
    expect((await site.run('describe', 'slow')).stdout).toMatch(
      /\n Reload of slow: done \n(.*\n)*?│ slow:0 +│ launched .*, ready .*, stopped/,
    );
  });

  it('that fails names the reason, the last lines, who serves and what to type, and ends with 1', async () => {
    const before = (await site.instances('api')).map(({ pid }) => pid);
    site.write('api.js', "console.error('no database here'); process.exit(3);\n");
    const { code, stdout, stderr } = await site.run('reload', 'api');
    site.write('api.js', SERVER(port));
    expect(code).toBe(1);
    expect(stdout).toMatch(/App \[api:0\] exited with code \[3\]/);
    expect(stderr).toMatch(/^\[holdfast\] Cannot reload api: crashed: .*\n {2}api:0 said last:\n(?: {4}.*\n)* {4}no database here\n/);
    expect(stderr).toMatch(/ {2}The old version goes on serving \(2 of 2\)\.\n {2}Next: holdfast logs api\n {8}holdfast reload api\n$/);
    expect((await site.instances('api')).map(({ pid }) => pid)).toEqual(before);
    expect((await site.run('describe', 'api')).stdout).toMatch(/\n Reload of api: failed \n(.*\n)*?│ reason +│ crashed: /);
    expect((await site.apps()).alerts).toMatchObject([{ app: 'api', text: expect.stringMatching(/^deploy failed/) as string }]);
  });

  it('of what is not there, or is no config file, is refused', async () => {
    expect(await site.run('reload', 'apo')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('apo') as string });
    expect(await site.run('startOrReload', 'api')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('no config file') as string,
    });
  });
});

/** What `holdfast ...args` writes to a terminal of that width; script(1) makes one. */
async function onTerminal(columns: number, ...args: string[]): Promise<string> {
  const line = `stty cols ${columns} rows 24; exec '${process.execPath}' '${CLI}' ${args.join(' ')} --no-color`;
  const { code, stdout } = await run('script', ['-qec', line, '/dev/null'], { cwd: site.folder, env: { ...site.env, TERM: 'xterm' } });
  expect(code, stdout).toBe(0);
  return stdout;
}

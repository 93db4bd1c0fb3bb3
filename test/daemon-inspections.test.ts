// Inspections at the door: which one instance is meant, and what is refused with nothing done.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTimeOf } from '../src/platform/proc-stat.ts';
import { appSpec, createDaemonKit } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';

let kit: DaemonKit;
let program: ChildProcess;
beforeAll(async () => {
  const code = "setInterval(() => {}, 2 ** 30); console.log('up')";
  program = spawn(process.execPath, ['--inspect-port=0', '-e', code], { stdio: ['ignore', 'pipe', 'ignore'], env: {} });
  await new Promise((resolve) => program.stdout!.once('data', resolve));
  const pid = program.pid!;
  kit = await createDaemonKit();
  kit.behave((instance) => {
    const { app } = instance.row;
    if (app === 'other') instance.say({ process: instance.live() });
    // What would end by the signal.
    if (app === 'deaf') instance.say({ process: instance.live(), nodeVersion: process.version });
    if (app === 'api') instance.say({ process: { pid, startTime: startTimeOf(pid)! }, nodeVersion: process.version });
    instance.online();
    if (app === 'gone') instance.say({ process: { pid, startTime: '1' }, nodeVersion: process.version });
  });
  const specs = [appSpec('api'), appSpec('gone'), appSpec('other'), appSpec('many', { instances: 2 }), appSpec('deaf')];
  await kit.operate({ action: 'apply', specs, existing: 'refuse' });
});
afterAll(async () => {
  program.kill('SIGKILL');
  await kit.dispose();
});

it('an instance of Node is open, and still is for the next who asks', async () => {
  const reply = await kit.client.inspect({ target: 'api' });
  expect(reply).toEqual({ app: 'api', slot: 0, id: 0, pid: program.pid, url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\//) });
  expect(await kit.client.inspect({ target: '0' })).toEqual(reply);
});

it('who opens one stands in daemon.log, once, without what a debugger must know to get in', () => {
  const opened = kit.log().filter((line) => line.includes('open to debuggers'));
  expect(opened).toEqual([
    expect.stringMatching(
      /^\S+ warn App \[api:0\] open to debuggers on 127\.0\.0\.1:\d+ until it ends \(pid \d+\): who connects there commands it$/,
    ),
  ]);
});

it.each([
  ['other', 'USAGE', /^Cannot inspect other:0: pid \d+ has not told that it is Node, and only Node has an inspector\.$/],
  ['many', 'USAGE', /^Cannot inspect many: it has 2 instances, with the ids 3, 4\.$/],
  ['gone', 'OPERATION_FAILED', /^Cannot inspect gone:0: pid \d+ has just ended\.$/],
  [
    'deaf',
    'OPERATION_FAILED',
    /^Cannot inspect deaf:0: pid \d+ would end by SIGUSR1, which opens the inspector \(--disable-sigusr1\?\)\.$/,
  ],
  ['nobody', 'TARGET_NOT_FOUND', /^Cannot inspect nobody: /],
])('%s is refused', async (target, code, message) => {
  await expect(kit.client.inspect({ target })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  });
});

it('an instance without a process is refused', async () => {
  await kit.operate({ action: 'stop', targets: ['other'] });
  await expect(kit.client.inspect({ target: 'other' })).rejects.toMatchObject({ message: 'Cannot inspect other:0: it has no process.' });
});

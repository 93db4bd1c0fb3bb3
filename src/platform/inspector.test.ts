// The inspector of real Node processes, and of what is none.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';
import { openInspector } from './inspector.ts';
import type { Inspection } from './inspector.ts';
import { startTimeOf } from './proc-stat.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts a program and waits until it says that it is up. */
async function start(file: string, ...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: process.env['PATH'] } });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

const node = (code: string, ...flags: readonly string[]): Promise<ChildProcess> =>
  start(process.execPath, ...flags, '-e', `setInterval(() => {}, 2 ** 30); ${code}; console.log('up')`);

const open = ({ pid }: ChildProcess, limitMs = 5000): Promise<Inspection> =>
  openInspector({ pid: pid!, startTime: startTimeOf(pid!)! }, { clock: systemClock, limitMs });

const URL = /^ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]{36}$/;

describe('opening the inspector of a process', () => {
  it('answers with what a debugger connects to, the second time with the same', async () => {
    const child = await node('', '--inspect-port=0');
    const first = await open(child);
    expect(first).toEqual({ kind: 'opened', url: expect.stringMatching(URL) });
    expect(await open(child)).toEqual({ ...first, kind: 'open' });
  });

  it('finds one that was open from the start', async () => {
    expect(await open(await node('', '--inspect=127.0.0.1:0'))).toEqual({ kind: 'open', url: expect.stringMatching(URL) });
  });

  it('works on a program that is busy', async () => {
    const child = await node("console.log('up'); for (;;);", '--inspect-port=0');
    expect(await open(child)).toMatchObject({ kind: 'opened' });
  });

  it('is not misled by a server of the program itself', async () => {
    const child = await node("require('http').createServer((_, answer) => answer.end('[{}]')).listen(0, '127.0.0.1')", '--inspect-port=0');
    expect(await open(child)).toEqual({ kind: 'opened', url: expect.stringMatching(URL) });
  });

  it('does not send the signal to what would end by it', async () => {
    const child = await start('sh', '-c', 'echo up; exec sleep 1000');
    await vi.waitFor(async () => expect(await open(child)).toEqual({ kind: 'deaf' }));
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });

  it('says so where the program has taken the signal for itself, or its port', async () => {
    expect(await open(await node("process.on('SIGUSR1', () => {})"), 100)).toEqual({ kind: 'silent' });
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await open(await node('', `--inspect-port=${port}`), 100)).toEqual({ kind: 'silent' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('touches no process that has got the number of one that ended', async () => {
    const { pid } = await node('', '--inspect-port=0');
    expect(await openInspector({ pid: pid!, startTime: '1' }, { clock: systemClock, limitMs: 100 })).toEqual({ kind: 'gone' });
  });
});

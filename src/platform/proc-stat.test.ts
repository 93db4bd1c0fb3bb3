// What /proc says of real processes.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { bootId, isSameProcess, readProcStat, startTimeOf, thisProcess } from './proc-stat.ts';

describe('a living process', () => {
  it('is described by the kernel: memory as Node sees it, a parent, a start time', () => {
    const stat = readProcStat(process.pid)!;
    expect(stat.parent).toBe(process.ppid);
    expect(stat.startTime).toMatch(/^\d+$/);
    expect(Math.abs(stat.rssBytes / process.memoryUsage.rss() - 1)).toBeLessThan(0.2);
    const { user, system } = process.cpuUsage();
    expect(Math.abs(stat.cpuMs - (user + system) / 1000)).toBeLessThan(500);
  });

  it('is read rightly whatever its name is', async () => {
    // `argv0` names no process: the kernel's name is that of the executed file or what prctl(PR_SET_NAME) made of it, as process.title does.
    const child = spawn(process.execPath, ['-e', "process.title='a) R 1 (b';console.log('up');setInterval(()=>{},1e9)"], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await vi.waitFor(() => expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('a) R 1 (b\n'), 5000);
      expect(readProcStat(child.pid!)?.parent).toBe(process.pid);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is the same process by pid and start time only', () => {
    const self = thisProcess();
    expect(isSameProcess(self)).toBe(true);
    expect(isSameProcess({ ...self, startTime: '1' })).toBe(false);
    expect(startTimeOf(self.pid)).toBe(self.startTime);
  });
});

it('takes a zombie for dead', async () => {
  // `exec` makes sleep the parent of a child it will never wait for, and that ends only after the shell, which would, is gone.
  const child = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let zombie = 0;
  child.stdout.on('data', (chunk: Buffer) => (zombie = Number(chunk.toString())));
  try {
    await vi.waitFor(() => expect(readFileSync(`/proc/${zombie}/stat`, 'latin1')).toContain(') Z '), 5000);
    expect([readProcStat(zombie), startTimeOf(zombie)]).toEqual([null, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

it('knows no process of a number that is free', () => {
  expect([readProcStat(2 ** 22 + 1), readProcStat(0)]).toEqual([null, null]);
});

it('names the boot of this machine', () => {
  expect(bootId()).toMatch(/^[0-9a-f-]{36}$/);
});

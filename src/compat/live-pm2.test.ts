// Whether PM2 runs in a folder, by its pid file and the process table.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { livePm2 } from './live-pm2.ts';

let home: string;
beforeEach(() => void (home = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'))));
afterEach(() => fs.rmSync(home, { recursive: true }));

const withPid = (text: string, isAlive = true): number | null => {
  fs.writeFileSync(path.join(home, 'pm2.pid'), text);
  return livePm2(home, () => isAlive);
};

it('a living process of that title is PM2', async () => {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)', 'PM2 v7.0.4: God Daemon (/home/x/.pm2)']);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(withPid(`${child.pid}\n`)).toBe(child.pid);
  expect(withPid(String(child.pid), false)).toBeNull();
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
});

it.runIf(process.platform === 'linux')('another process that has its number now is not', () => {
  // This very process: vitest.
  expect(withPid(String(process.pid))).toBeNull();
});

it.runIf(process.platform === 'linux')('our own daemon, which writes its number there too, is not', async () => {
  const child = spawn(process.execPath, [
    '-e',
    "process.title = 'holdfast: daemon'; console.log(1); setInterval(() => {}, 1000)",
    '/x/.pm2',
  ]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(withPid(String(child.pid))).toBeNull();
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
});

it('without a file, or with nonsense in it, there is none', () => {
  expect(livePm2(home, () => true)).toBeNull();
  for (const text of ['', 'x', '0', '1', '-5']) expect(withPid(text)).toBeNull();
});

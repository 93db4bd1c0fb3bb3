// The last check of `npm test` must be able to fail: it finds a process and a file that a run left behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { findLeftovers, printTree } from '../scripts/leftovers.mjs';

it('names the processes and files of a run, and only of that run', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'));
  const child = spawn(process.execPath, ['-e', "setInterval(() => {}, 9e8); console.log('up')"], {
    env: { ...process.env, HOLDFAST_TEST_RUN: 'a-run-of-its-own' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    fs.writeFileSync(path.join(folder, 'forgotten'), '');
    expect(await findLeftovers('a-run-of-its-own', folder, 0)).toEqual({
      processes: [{ pid: child.pid, command: expect.stringContaining('setInterval') }],
      files: [path.join(folder, 'forgotten')],
    });
    expect(await findLeftovers('another-run', path.join(folder, 'absent'), 0)).toEqual({ processes: [], files: [] });
  } finally {
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(child.signalCode).toBe('SIGKILL'));
    fs.rmSync(folder, { recursive: true });
  }
});

it('shows what is in a folder that was left behind, two levels deep', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'));
  const inside = ['hosts', 'hosts/web', 'hosts/web/deeper', 'state.json'].map((name) => path.join(folder, name));
  try {
    fs.mkdirSync(inside[2]!, { recursive: true });
    fs.writeFileSync(inside[3]!, '');
    expect(printTree(folder)).toEqual([folder, inside[0], inside[1], inside[3]]);
    expect(printTree(inside[3]!)).toEqual([inside[3]]);
    expect(printTree(path.join(folder, 'gone'))).toEqual([path.join(folder, 'gone')]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

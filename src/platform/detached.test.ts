// Processes that outlive their starter, really started.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleScript } from '../../test/bundle.ts';
import { launchDetached } from './detached.ts';
import type { DetachedOptions } from './detached.ts';
import { readProcStat } from './proc-stat.ts';

let folder: string;
let logFile: string;
const pids: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  logFile = join(folder, 'logs', 'out.log');
});
afterEach(async () => {
  for (const pid of pids.splice(0)) {
    if (readProcStat(pid) !== null) process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => {
      if (readProcStat(pid) !== null) throw new Error(`process ${pid} is still there`);
    });
  }
  rmSync(folder, { recursive: true });
});

async function launch(code: string, options: Partial<DetachedOptions> = {}): Promise<number> {
  const script = bundleScript(folder, `import { announceReady } from './src/platform/detached.ts';\n${code}`);
  const { pid } = await launchDetached({ script, args: ['one', 'two'], env: process.env, cwd: folder, logFile, ...options });
  pids.push(pid);
  return pid;
}

describe('a detached process', () => {
  it('is up when it says so, in a session of its own, with its output in the file', async () => {
    const pid = await launch(
      `console.log(process.argv.slice(2).join(), process.cwd()); announceReady('ready'); setInterval(() => {}, 1e9);`,
    );
    expect(readProcStat(pid)?.group).toBe(pid);
    await vi.waitFor(() => expect(readFileSync(logFile, 'utf8')).toBe(`one,two ${folder}\n`));
  });

  it('may say that another one does its work', async () => {
    const pid = await launch(`announceReady('busy'); process.exit(0);`);
    await vi.waitFor(() => expect(readProcStat(pid)).toBeNull());
  });

  it('is spared what was meant for its starter', async () => {
    const env = {
      ...process.env,
      NODE_OPTIONS: '--throw-deprecation',
      NODE_EXTRA_CA_CERTS: '/nowhere',
      NODE_CHANNEL_FD: '3',
      NODE_UNIQUE_ID: '7',
      KEPT: 'yes',
    };
    await launch(`console.log(Object.keys(process.env).filter((name) => /^NODE_|^KEPT$/.test(name)).join()); announceReady('ready');`, {
      env,
    });
    await vi.waitFor(() => expect(readFileSync(logFile, 'utf8')).toContain('KEPT'));
    expect(readFileSync(logFile, 'utf8')).not.toMatch(/NODE_(OPTIONS|EXTRA_CA_CERTS|CHANNEL_FD|UNIQUE_ID)/);
  });

  it('that fails is an error with what it wrote there', async () => {
    await expect(launch(`announceReady('Cannot listen:\\nno space'); setTimeout(() => process.exit(1), 50);`)).rejects.toThrow(
      'Cannot listen: no space',
    );
  });

  it('that ends without a word is an error with the end of its output, and not with older output', async () => {
    await launch(`console.log('older'); announceReady('ready');`);
    await vi.waitFor(() => expect(readFileSync(logFile, 'utf8')).toContain('older'));
    const failed = launch(`throw new TypeError('broken build');`);
    await expect(failed).rejects.toThrow(/TypeError: broken build/);
    await expect(failed).rejects.not.toThrow(/older/);
    await expect(launch(`process.exit(1);`)).rejects.toThrow('it ended without a word');
  });

  it('cannot be started in a folder that is not there', async () => {
    await expect(launch(`announceReady('ready');`, { cwd: '/nowhere' })).rejects.toThrow('the working directory /nowhere does not exist');
  });

  it('has the highest limit on open files that it may have, which Node itself sees to', async () => {
    const limits = spawnSync(
      'bash',
      ['-c', `ulimit -Sn 256; exec "$0" -p 'fs.readFileSync("/proc/self/limits", "utf8")'`, process.execPath],
      { encoding: 'utf8' },
    );
    const [, soft, hard] = /^Max open files +(\d+) +(\d+)/m.exec(limits.stdout)!;
    expect(Number(soft)).toBeGreaterThan(256);
    expect(soft).toBe(hard);
  });
});

it('says nothing to a descriptor 3 that is no starter', () => {
  const script = bundleScript(
    folder,
    `import { announceReady } from './src/platform/detached.ts'; announceReady('ready'); require('node:fs').promises.stat('/').then(() => console.log('still whole'));`,
  );
  expect(spawnSync(process.execPath, [script], { encoding: 'utf8' }).stdout).toBe('still whole\n');
  const withFile = spawnSync('bash', ['-c', 'exec "$0" "$1" 3>"$2"', process.execPath, script, join(folder, 'three')], {
    encoding: 'utf8',
  });
  expect([withFile.stdout, readFileSync(join(folder, 'three'), 'utf8')]).toEqual(['still whole\n', '']);
});

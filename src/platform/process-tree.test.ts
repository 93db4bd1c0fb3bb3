// Finding and signalling whole trees of real processes.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isGroupAlive } from './process-group.ts';
import { listPids, signalTree, treeOf } from './process-tree.ts';
import { readProcStat } from './proc-stat.ts';

const APPS = resolve(import.meta.dirname, '../../test/fixtures/apps');
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) signalTree(child.pid!, 'SIGKILL', true);
});

/** Starts a group of its own and waits for the first line that matches. */
async function start(
  args: readonly string[],
  line: RegExp,
): Promise<{ readonly pid: number; readonly match: RegExpExecArray; readonly text: () => string }> {
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PORT: '0' } });
  started.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const match = await vi.waitFor(() => {
    const found = line.exec(text);
    expect(found).not.toBeNull();
    return found!;
  }, 10_000);
  return { pid: child.pid!, match, text: () => text };
}

async function isGone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(readProcStat(pid)).toBeNull(), 5000);
}

describe('a tree', () => {
  it('has the root first and parents before their children', async () => {
    const code = "require('child_process').spawn('sh',['-c','sleep 1000 & echo grandchild $!; wait'],{stdio:'inherit'})";
    const { pid, match } = await start(['-e', code], /grandchild (\d+)/);
    const grandchild = Number(match[1]);
    expect(treeOf(pid)).toEqual([pid, readProcStat(grandchild)!.parent, grandchild]);
    signalTree(pid, 'SIGKILL', true);
    await Promise.all([isGone(pid), isGone(grandchild)]);
  });

  it('is empty for a process that does not live', () => {
    expect(treeOf(2 ** 22 + 1)).toEqual([]);
  });

  it('is part of what /proc lists', () => {
    expect(listPids()).toContain(process.pid);
  });
});

describe('a signal to a tree', () => {
  it('reaches a process whose parent has died, also when the leader of the group is dead itself', async () => {
    const { pid, match } = await start([`${APPS}/double-fork.cjs`], /orphan (\d+)/);
    const orphan = Number(match[1]);
    await vi.waitFor(() => expect(treeOf(pid)).not.toContain(orphan));
    process.kill(pid, 'SIGKILL');
    await isGone(pid);
    expect([readProcStat(orphan)?.group, isGroupAlive(pid)]).toEqual([pid, true]);
    signalTree(pid, 'SIGKILL', true);
    await isGone(orphan);
    expect(isGroupAlive(pid)).toBe(false);
  });

  it('reaches a descendant that has a group of its own', async () => {
    const code = "console.log('own',require('child_process').spawn('sleep',['1000'],{detached:true,stdio:'ignore'}).pid)";
    const { pid, match } = await start(['-e', `${code};setInterval(()=>{},1e9)`], /own (\d+)/);
    expect(readProcStat(Number(match[1]))?.group).toBe(Number(match[1]));
    signalTree(pid, 'SIGTERM', true);
    await Promise.all([isGone(pid), isGone(Number(match[1]))]);
  });

  it('comes once to each process: by the group, or one by one outside of it, deepest first', async () => {
    const inner =
      "require('child_process').spawn('sleep',['1000'],{stdio:'ignore'});console.log('outside',process.pid);setInterval(()=>{},1e9)";
    const code = `const c=require('child_process');c.spawn('sleep',['1000'],{stdio:'ignore'});c.spawn(process.execPath,['-e',${JSON.stringify(inner)}],{detached:true,stdio:['ignore','inherit','ignore']});setInterval(()=>{},1e9)`;
    const { pid, match } = await start(['-e', code], /outside (\d+)/);
    const outside = Number(match[1]);
    const [, below] = await vi.waitFor(() => {
      expect(treeOf(pid).length).toBe(4);
      return treeOf(outside);
    });
    const kill = vi.spyOn(process, 'kill');
    try {
      signalTree(pid, 'SIGTERM', true);
      expect(kill.mock.calls).toEqual([below, outside, -pid].map((target) => [target, 'SIGTERM']));
    } finally {
      kill.mockRestore();
    }
    await Promise.all([isGone(pid), isGone(outside), isGone(below!)]);
  });

  it('goes to the root alone when the tree is not meant', async () => {
    const code = "console.log('child',require('child_process').spawn('sleep',['1000'],{stdio:'ignore'}).pid);setInterval(()=>{},1e9)";
    const { pid, match } = await start(['-e', code], /child (\d+)/);
    signalTree(pid, 'SIGKILL', false);
    await isGone(pid);
    expect(readProcStat(Number(match[1]))).not.toBeNull();
  });

  it('is harmless for the dead and refused for what is no child', () => {
    signalTree(2 ** 22 + 1, 'SIGKILL', true);
    for (const pid of [1, 0, -5, 1.5, Number.NaN]) expect(() => signalTree(pid, 'SIGKILL', true)).toThrow(RangeError);
  });
});

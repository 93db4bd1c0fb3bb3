// Memory and processor time of real trees.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { signalTree, treeOf } from '../platform/process-tree.ts';
import { createSampler } from './sampler.ts';
import { cpuPercent } from './usage.ts';

const sampler = createSampler({ clock: systemClock });
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) signalTree(child.pid!, 'SIGKILL', true);
});

async function start(code: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', code], { detached: true, stdio: ['ignore', 'pipe', 'inherit'], env: process.env });
  started.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid!;
}

const IDLE = "console.log('up');setInterval(()=>{},1e9)";
const HUNGRY = `globalThis.kept=Buffer.alloc(60*2**20,1);${IDLE}`;
const PARENT = `require('child_process').spawn(process.execPath,['-e',${JSON.stringify(HUNGRY)}],{stdio:'inherit'})`;
const BUSY = "console.log('up');for(;;);";

describe('a sample', () => {
  // Few pids are walked from their roots, many are found in one scan of /proc: both must give the same.
  it.each([
    ['walk', 0],
    ['scan', 2000],
  ])('counts the memory of the whole tree (%s)', async (_way, fillers) => {
    const [single, tree] = [await start(IDLE), await start(PARENT)];
    await vi.waitFor(() => expect(treeOf(tree).length).toBe(2));
    const nobody = Array.from({ length: fillers }, (_, n) => 2 ** 22 + 1 + n);
    const samples = sampler.sampleTrees([single, tree, ...nobody]);
    expect([...samples.keys()]).toEqual([single, tree]);
    expect(samples.get(single)!.rssBytes).toBeLessThan(70 * 2 ** 20);
    expect(samples.get(tree)!.rssBytes - samples.get(single)!.rssBytes).toBeGreaterThan(80 * 2 ** 20);
  });

  it('tells a busy tree from an idle one', async () => {
    const [idle, busy] = [await start(IDLE), await start(BUSY)];
    const before = sampler.sampleTrees([idle, busy]);
    await vi.waitFor(() => expect(sampler.sampleTrees([busy]).get(busy)!.cpuMs - before.get(busy)!.cpuMs).toBeGreaterThan(200), 10_000);
    const after = sampler.sampleTrees([idle, busy]);
    const [idlePercent, busyPercent] = [idle, busy].map((pid) => cpuPercent(before.get(pid)!, after.get(pid)!)) as [number, number];
    expect(busyPercent).toBeGreaterThan(idlePercent + 15);
    expect(busyPercent).toBeLessThan(130);
  });

  it('does not fall when a child has ended', async () => {
    const burn = 'while(process.cpuUsage().user<300_000);';
    const pid = await start(
      `require('child_process').spawn(process.execPath,['-e',${JSON.stringify(burn)}]).on('exit',()=>console.log('gone'));console.log('up');setInterval(()=>{},1e9)`,
    );
    let highestMs = 0;
    await vi.waitFor(() => {
      const sample = sampler.sampleTrees([pid]).get(pid)!;
      expect(sample.cpuMs).toBeGreaterThanOrEqual(highestMs);
      highestMs = Math.max(highestMs, sample.cpuMs);
      expect(treeOf(pid).length).toBe(1);
      expect(sample.cpuMs).toBeGreaterThan(200);
    }, 10_000);
  });
});

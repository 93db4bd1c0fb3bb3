// The limits of a container, read from the files of both versions of cgroups as they look inside and outside of one.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cgroupLimits } from './cgroup.ts';

let root: string;
beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'))));
afterEach(() => fs.rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${text}\n`);
  }
}

const V2 = '30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate';

it('version 2, seen from within a container', () => {
  write({
    'proc/self/cgroup': '0::/',
    'proc/self/mountinfo': V2,
    'sys/fs/cgroup/cpu.max': '150000 100000',
    'sys/fs/cgroup/memory.max': '536870912',
  });
  expect(cgroupLimits(root)).toEqual({ cpus: 1.5, memoryBytes: 536_870_912 });
});

it('version 2, the tightest of a group and those above it', () => {
  write({
    'proc/self/cgroup': '0::/system.slice/site.service',
    'proc/self/mountinfo': V2,
    'sys/fs/cgroup/system.slice/cpu.max': '200000 100000',
    'sys/fs/cgroup/system.slice/memory.max': '1000',
    'sys/fs/cgroup/system.slice/site.service/cpu.max': 'max 100000',
    'sys/fs/cgroup/system.slice/site.service/memory.max': '2000',
  });
  expect(cgroupLimits(root)).toEqual({ cpus: 2, memoryBytes: 1000 });
});

it('version 1, where the group of the container is the one that is mounted', () => {
  write({
    'proc/self/cgroup': '5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/docker/abc',
    'proc/self/mountinfo': [
      '33 32 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct',
      '34 32 0:30 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory',
    ].join('\n'),
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '268435456',
  });
  expect(cgroupLimits(root)).toEqual({ cpus: 0.5, memoryBytes: 268_435_456 });
});

it('no limit, in the words of either version, and where nothing is mounted at all', () => {
  expect(cgroupLimits(root)).toEqual({ cpus: null, memoryBytes: null });
  write({
    'proc/self/cgroup': '3:cpu:/\n2:memory:/\n0::/',
    'proc/self/mountinfo': ['33 32 0:29 / /c rw - cgroup cgroup rw,cpu', '34 32 0:30 / /m rw - cgroup cgroup rw,memory', V2].join('\n'),
    'c/cpu.cfs_quota_us': '-1',
    'c/cpu.cfs_period_us': '100000',
    'm/memory.limit_in_bytes': '9223372036854771712',
    'sys/fs/cgroup/cpu.max': 'max 100000',
    'sys/fs/cgroup/memory.max': 'max',
  });
  expect(cgroupLimits(root)).toEqual({ cpus: null, memoryBytes: null });
});

// A machine made of files, and the one that runs this test.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { readMachine } from './machine.ts';

let root: string;
beforeEach(() => void (root = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'))));
afterEach(() => fs.rmSync(root, { recursive: true }));

const clock = { monotonicMs: () => 5000 };

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
}

describe('the machine', () => {
  it('is read from /proc and /sys', () => {
    write({
      'proc/stat': 'cpu  100 10 50 800 40 5 5 10 70 7\ncpu0 100 10 50 800 40 5 5 10 70 7\nintr 5\n',
      'proc/meminfo': 'MemTotal:       2000 kB\nMemFree:         100 kB\nMemAvailable:   1500 kB\n',
      'proc/net/dev': `Inter-| Receive | Transmit\n face |bytes\n    lo: 1000 9 1 2 0 0 0 0 3000 9 3 4 0 0 0 0\n nosuch0: 1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0\n`,
      'proc/diskstats': '   7 0 loop0 1 0 50 0 1 0 50 0\n 254 0 vda 9 0 8 0 9 0 16 0\n 254 1 vda1 9 0 8 0 9 0 16 0\n',
      'sys/block/vda/stat': '',
      'sys/block/loop0/stat': '',
      'sys/class/thermal/thermal_zone0/temp': '41000\n',
      'sys/class/thermal/thermal_zone1/temp': '52500\n',
      'proc/self/mounts':
        'proc /proc proc rw 0 0\n/dev/vda / ext4 rw 0 0\n/dev/vda /again ext4 rw 0 0\n/dev/vdb /not\\040there ext4 rw 0 0\n',
    });
    expect(readMachine(clock, root)).toEqual({
      atMs: 5000,
      processor: { busy: 180, total: 1020 },
      degreesCelsius: 52.5,
      memory: { totalBytes: 2_048_000, availableBytes: 1_536_000 },
      interfaces: [{ name: 'lo', received: { bytes: 1000, errors: 1, dropped: 2 }, sent: { bytes: 3000, errors: 3, dropped: 4 } }],
      disks: { readBytes: 8 * 512, writtenBytes: 16 * 512 },
      fileSystems: [{ path: '/', sizeBytes: expect.any(Number), usedBytes: expect.any(Number), availableBytes: expect.any(Number) }],
    });
  });

  it('that hides everything, as containers may, is empty and no error', () => {
    expect(readMachine(clock, root)).toEqual({
      atMs: 5000,
      processor: { busy: 0, total: 0 },
      degreesCelsius: null,
      memory: { totalBytes: 0, availableBytes: 0 },
      interfaces: [],
      disks: { readBytes: 0, writtenBytes: 0 },
      fileSystems: [],
    });
  });

  it('of this test has processors, memory and a past', () => {
    const { processor, memory } = readMachine(systemClock);
    expect(processor.busy).toBeGreaterThan(0);
    expect(processor.total).toBeGreaterThan(processor.busy);
    expect(memory.totalBytes).toBe(os.totalmem());
    expect(memory.availableBytes).toBeLessThan(memory.totalBytes);
  });
});

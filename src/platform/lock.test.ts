// The lock, contended for by real processes.
import { fork, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleScript } from '../../test/bundle.ts';
import { acquireLock } from './lock.ts';
import { bootId, thisProcess } from './proc-stat.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a killed process leaves. */
function ownerOf(pid: number, boot = bootId()): string {
  return JSON.stringify({ pid, startTime: '1', bootId: boot });
}

describe('a lock', () => {
  it('is had by one at a time, is private, and names its owner', () => {
    const lock = acquireLock(path)!;
    expect(acquireLock(path)).toBeNull();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...thisProcess(), bootId: bootId() });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that was given back and taken again is not given back by the first owner', () => {
    const first = acquireLock(path)!;
    first.release();
    const second = acquireLock(path)!;
    first.release();
    expect(existsSync(path)).toBe(true);
    second.release();
  });

  const abandoned = [
    { of: 'a process that died', content: () => ownerOf(2 ** 22 + 1) },
    { of: 'a process whose number was given to another one', content: () => ownerOf(process.pid) },
    { of: 'the same process before a reboot', content: () => JSON.stringify({ ...thisProcess(), bootId: 'another' }) },
    { of: 'a power cut', content: () => '' },
  ];
  it.each(abandoned)('of $of is taken over', ({ content }) => {
    writeFileSync(path, content());
    const lock = acquireLock(path)!;
    expect(lock).not.toBeNull();
    expect(acquireLock(path)).toBeNull();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over also when a process died while it was taking it over', () => {
    writeFileSync(path, ownerOf(2 ** 22 + 1));
    writeFileSync(`${path}.takeover`, ownerOf(2 ** 22 + 2));
    const lock = acquireLock(path)!;
    expect(lock).not.toBeNull();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing of those that were killed while they tried, and what belongs to the living', () => {
    const [dead, alive] = [spawnSync(process.execPath, ['-e', '']).pid, process.ppid];
    for (const name of [`.${dead}.1.tmp`, `.${dead}.1.tmp.new`, `.${alive}.1.tmp`]) writeFileSync(path + name, '');
    const lock = acquireLock(path)!;
    expect(readdirSync(folder).sort()).toEqual(['a.lock', `a.lock.${alive}.1.tmp`]);
    lock.release();
  });

  it('of a living process is not had by dying: it goes with its owner', () => {
    const script = bundleScript(
      folder,
      `import { acquireLock } from './src/platform/lock.ts'; acquireLock(process.argv[2]); process.kill(process.pid, 'SIGKILL');`,
    );
    expect(spawnSync(process.execPath, [script, path]).signal).toBe('SIGKILL');
    expect(existsSync(path)).toBe(true);
    acquireLock(path)!.release();
  });

  it('that cannot be made says where and why', () => {
    expect(() => acquireLock(join(folder, 'absent', 'a.lock'))).toThrow(/Cannot create the lock .*absent.*: it does not exist/);
  });
});

describe('fifty processes at once', () => {
  const COUNT = 50;
  const ROUNDS = 25;
  let children: ChildProcess[];

  beforeEach(async () => {
    // Each waits for the word to try, holds what it got until the round is over, and lets go.
    const script = bundleScript(
      folder,
      `import { acquireLock } from './src/platform/lock.ts';
       let lock = null;
       process.on('message', ({ path, at }) => {
         lock?.release();
         if (path === null) return process.disconnect();
         while (Date.now() < at);
         lock = acquireLock(path);
         process.send(lock !== null);
       });
       process.send('up');`,
    );
    children = Array.from({ length: COUNT }, () => fork(script, { env: process.env }));
    await answers();
  }, 60_000);
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  function answers(): Promise<unknown[]> {
    return Promise.all(children.map((child) => new Promise((resolve) => child.once('message', resolve))));
  }

  it('that find the lock of a dead one: exactly one gets it, in every round', async () => {
    const winners: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const target = join(folder, `round-${round}.lock`);
      // Every third round there is no lock at all, every fifth the take-over itself was left by a dead one.
      if (round % 3 !== 0) writeFileSync(target, ownerOf(2 ** 22 + 1));
      if (round % 5 === 0) writeFileSync(`${target}.takeover`, ownerOf(2 ** 22 + 2));
      const answered = answers();
      for (const child of children) child.send({ path: target, at: Date.now() + 15 });
      winners.push((await answered).filter((won) => won === true).length);
    }
    expect(winners).toEqual(Array.from({ length: ROUNDS }, () => 1));
  }, 60_000);
});

it('is never had by two, however often owners die with it and are replaced', async () => {
  // Each takes it over and over, marks that it has it (a second mark would fail), and gives it back or leaves it like one that died.
  const script = bundleScript(
    folder,
    `import { acquireLock } from './src/platform/lock.ts';
     import { closeSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
     const path = process.argv[2];
     let taken = 0;
     while (taken < 120) {
       const lock = acquireLock(path);
       if (lock === null) continue;
       taken += 1;
       closeSync(openSync(path + '.mark', 'wx'));
       unlinkSync(path + '.mark');
       if (taken % 3 === 0) { lock.release(); continue; }
       writeFileSync(path + process.pid, ${JSON.stringify(ownerOf(2 ** 22 + 1))});
       renameSync(path + process.pid, path);
     }
     process.send(taken);`,
  );
  const children = Array.from({ length: 6 }, () => fork(script, [path], { env: process.env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
  const results = await Promise.all(
    children.map(async (child) => {
      let errors = '';
      child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      let taken = 0;
      child.on('message', (count) => (taken = count as number));
      await new Promise((resolve) => child.once('close', resolve));
      return { taken, errors };
    }),
  );
  expect(results.map(({ errors }) => errors)).toEqual(['', '', '', '', '', '']);
  expect(results.map(({ taken }) => taken)).toEqual([120, 120, 120, 120, 120, 120]);
}, 60_000);

// Following a log through all that may happen to its file. Real files, written and put aside between looks.
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFollower } from './follower.ts';
import type { Follower } from './follower.ts';

let folder: string;
let path: string;
let follower: Follower;
let seen: string;
let lost: number;
let asides: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.log');
  seen = '';
  lost = 0;
  asides = 0;
  follower = createFollower(path, {
    now: () => 5000,
    on: { block: (bytes) => void (seen += `${bytes.toString()}|`), lost: () => void (lost += 1) },
  });
});
afterEach(async () => {
  await follower.close();
  rmSync(folder, { recursive: true });
});

function rotate(how: 'plain' | 'compressed' | 'removed' = 'plain'): void {
  asides += 1;
  const aside = join(folder, `a__2026-11-22_00-00-0${asides}-000Z.log`);
  renameSync(path, aside);
  if (how === 'compressed') writeFileSync(`${aside}.gz`, gzipSync(readFileSync(aside)));
  if (how !== 'plain') rmSync(aside);
}

describe('a follower', () => {
  it('hands out what comes after what there was, whole lines at a time', async () => {
    writeFileSync(path, 'old\nbeg');
    expect(await follower.open()).toMatchObject({ presentBytes: 4 });
    await follower.look();
    expect(seen).toBe('');
    appendFileSync(path, 'un\nnext\nunfin');
    await follower.look();
    expect(seen).toBe('begun\nnext\n|');
    follower.endLine();
    expect(seen).toBe('begun\nnext\n|unfin|');
    appendFileSync(path, 'ished\n');
    await follower.look();
    expect(seen).toBe('begun\nnext\n|unfin|ished\n|');
  });

  it('waits for a file that is not there yet', async () => {
    expect(await follower.open()).toEqual({ parts: [], presentBytes: 0 });
    await follower.look();
    writeFileSync(path, 'first\n');
    await follower.look();
    expect(seen).toBe('first\n|');
  });

  it.each(['plain', 'compressed'] as const)(
    'loses nothing when the file is put aside (%s), however often between two looks',
    async (how) => {
      writeFileSync(path, '0\n');
      await follower.open();
      let expected = '';
      for (let n = 1; n < 8; n += 1) {
        appendFileSync(path, `${n}\n`);
        expected += `${n}\n|`;
        rotate(how);
      }
      writeFileSync(path, '8\n');
      await follower.look();
      expect(seen).toBe(`${expected}8\n|`);
      appendFileSync(path, '9\n');
      rotate(how);
      await follower.look();
      writeFileSync(path, '10\n');
      await follower.look();
      expect([seen, lost]).toEqual([`${expected}8\n|9\n|10\n|`, 0]);
    },
  );

  it('reads the end of a file that was put aside before it knew, and ends its last line', async () => {
    writeFileSync(path, 'a\n');
    await follower.open();
    appendFileSync(path, 'b\nc');
    rotate();
    writeFileSync(path, 'd\n');
    await follower.look();
    expect(seen).toBe('b\n|c|d\n|');
  });

  it('tells when files were removed before it could read them', async () => {
    writeFileSync(path, 'a\n');
    await follower.open();
    appendFileSync(path, 'b\n');
    rotate('removed');
    writeFileSync(path, 'gone\n');
    rotate('removed');
    writeFileSync(path, 'c\n');
    rotate();
    writeFileSync(path, 'd\n');
    await follower.look();
    expect([seen, lost]).toEqual(['b\n|c\n|d\n|', 1]);
  });

  it('begins again when the file is emptied', async () => {
    writeFileSync(path, 'a\nb\n');
    await follower.open();
    truncateSync(path);
    await follower.look();
    appendFileSync(path, 'c\n');
    await follower.look();
    expect(seen).toBe('c\n|');
  });

  it('goes on in the next file when an outside logrotate has moved this one away', async () => {
    writeFileSync(path, 'a\n');
    await follower.open();
    renameSync(path, join(folder, 'elsewhere'));
    await follower.look();
    appendFileSync(join(folder, 'elsewhere'), 'b\n');
    writeFileSync(path, 'c\n');
    await follower.look();
    expect([seen, lost]).toEqual(['b\n|c\n|', 0]);
  });

  it('reads the history that belongs to what it follows', async () => {
    writeFileSync(path, 'a\n');
    rotate();
    writeFileSync(path, 'b\nc\n');
    const { parts, presentBytes } = await follower.open();
    expect(parts.map((part) => [part.isPresent, part.bytes])).toEqual([
      [false, 2],
      [true, 4],
    ]);
    expect(presentBytes).toBe(4);
  });
});

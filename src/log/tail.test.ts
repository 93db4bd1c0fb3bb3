// The end of a file.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tailFile } from './tail.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the last lines', () => {
  it('are those of the whole file, read from its end', () => {
    const line = fc
      .tuple(fc.constantFrom('x', '✓', '', 'ab\r'), fc.constantFrom(0, 1, 3, 30_000, 70_000))
      .map(([text, times]) => text.repeat(times));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), fc.integer({ min: 1, max: 10 }), (lines, isFinished, count) => {
        const text = lines.join('\n') + (isFinished ? '\n' : '');
        writeFileSync(path, text);
        const all = text.split('\n').map((each) => each.replace(/\r$/, ''));
        if (text === '' || text.endsWith('\n')) all.pop();
        expect(tailFile(path, count)).toEqual(all.slice(-count));
      }),
      { numRuns: 60 },
    );
  });

  it('of a large file cost no reading of its beginning', () => {
    execFileSync('truncate', ['-s', '3G', path]);
    writeFileSync(path, '\none\ntwo\n', { flag: 'a' });
    expect(tailFile(path, 2)).toEqual(['one', 'two']);
    expect(tailFile(path, 3).length).toBe(2);
  });

  it('are none where there is no file, no plain file, or none are asked for', () => {
    writeFileSync(path, 'x\n');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect([
      tailFile(join(folder, 'absent'), 5),
      tailFile(folder, 5),
      tailFile(join(folder, 'pipe'), 5),
      tailFile(path, 0),
      tailFile('/dev/null', 5),
    ]).toEqual([[], [], [], [], []]);
  });
});

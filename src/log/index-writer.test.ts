// When the index notes a time, and that it never outlives the log it is about; with real files and times of the test.
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIELD_BYTES, MAGIC, RECORD_BYTES, indexPath, moveIndex, removeIndex } from './index-file.ts';
import { createTimeIndex } from './index-writer.ts';
import type { TimeIndex } from './index-writer.ts';

let folder: string;
let path: string;
let file: number;
let index: TimeIndex;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'a.log');
  file = openSync(path, 'a');
  index = createTimeIndex(path);
});
afterEach(() => {
  closeSync(file);
  rmSync(folder, { recursive: true });
});

function append(bytes: number, at: number): void {
  index.note(file, bytes, at);
  writeSync(file, Buffer.alloc(bytes, 'x'));
}

/** Offset and time of each record. */
function records(of = path): number[][] {
  const raw = readFileSync(indexPath(of));
  expect(raw.toString('latin1', 0, MAGIC.length)).toBe(MAGIC);
  const found: number[][] = [];
  for (let at = RECORD_BYTES; at < raw.length; at += RECORD_BYTES) {
    found.push([raw.readUIntLE(at, FIELD_BYTES), raw.readUIntLE(at + FIELD_BYTES, FIELD_BYTES)]);
  }
  return found;
}

describe('the time index', () => {
  it('lies hidden beside its log, under the same name for the compressed one', () => {
    expect(indexPath('/x/a.log')).toBe('/x/.a.log.idx');
    expect(indexPath('/x/a.log.1.gz')).toBe('/x/.a.log.1.idx');
  });

  it('gives every piece of a slow log its time', () => {
    append(10, 5000);
    append(10, 5200);
    append(10, 9999);
    expect(records()).toEqual([
      [0, 5000],
      [10, 5200],
      [20, 9999],
    ]);
  });

  it('gives a fast log one after some bytes and some time', () => {
    for (let n = 0; n < 40; n += 1) append(100, 5000 + n);
    expect(records()).toEqual([
      [0, 5000],
      [1000, 5010],
      [2000, 5020],
      [3000, 5030],
    ]);
    append(100_000, 5041);
    append(100, 5042);
    append(100, 5051);
    expect(records().slice(4)).toEqual([
      [4000, 5041],
      [104_100, 5051],
    ]);
  });

  it('follows a clock that is set back', () => {
    append(10, 5000);
    append(10, 1000);
    expect(records()).toEqual([
      [0, 5000],
      [10, 1000],
    ]);
  });

  it('is gone on with by the next writer, and shared by two', () => {
    append(10, 5000);
    const other = createTimeIndex(path);
    other.note(file, 10, 6000);
    writeSync(file, Buffer.alloc(10));
    append(10, 7000);
    expect(records()).toEqual([
      [0, 5000],
      [10, 6000],
      [20, 7000],
    ]);
  });

  it('begins anew with a log that was emptied', () => {
    append(10, 5000);
    append(10, 6000);
    truncateSync(path);
    append(10, 7000);
    expect(records()).toEqual([[0, 7000]]);
  });

  it('begins anew with a log that was replaced, also by a next writer', () => {
    append(10, 5000);
    for (const at of [6000, 7000]) {
      const next = `${path}.next`;
      writeFileSync(next, 'abc');
      renameSync(next, path);
      closeSync(file);
      file = openSync(path, 'a');
      append(10, at);
      expect(records()).toEqual([[3, at]]);
      index = createTimeIndex(path);
    }
  });

  it('goes along when the log is renamed', () => {
    append(10, 5000);
    renameSync(path, `${path}.1`);
    moveIndex(path, `${path}.1`);
    closeSync(file);
    file = openSync(path, 'a');
    append(10, 6000);
    expect([records(`${path}.1`), records()]).toEqual([[[0, 5000]], [[0, 6000]]]);
    removeIndex(path);
    append(10, 7000);
    expect(records()).toEqual([[10, 7000]]);
  });

  it('cuts off a record that was written in part', () => {
    append(10, 5000);
    writeFileSync(indexPath(path), Buffer.concat([readFileSync(indexPath(path)), Buffer.from('torn')]));
    append(10, 6000);
    expect(records()).toEqual([
      [0, 5000],
      [10, 6000],
    ]);
  });
});

it('is nobody in the way: no index of a device, none where none can be made, none to move or remove', () => {
  const device = openSync('/dev/null', 'a');
  createTimeIndex('/dev/null').note(device, 10, 5000);
  createTimeIndex(join(folder, 'gone/a.log')).note(file, 10, 5000);
  closeSync(device);
  moveIndex(join(folder, 'b.log'), join(folder, 'c.log'));
  removeIndex(join(folder, 'b.log'));
  expect(readdirSync(folder)).toEqual(['a.log']);
});

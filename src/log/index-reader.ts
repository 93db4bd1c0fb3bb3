// When the bytes of a part of a log were written, by its time index. A part without one that is about it has no times here.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Bytes } from '../model/units.ts';
import { FIELD_BYTES, RECORD_BYTES, encodeHead, indexPath } from './index-file.ts';
import type { LogPart } from './parts.ts';

/** An index larger than this is read from its end. A log of 1 GB has at most 24 MB. */
const MAX_READ_BYTES: Bytes = 32 * 2 ** 20;

/** Offsets and times of one part, both ascending. */
export interface TimeMap {
  /** Epoch milliseconds at which the line that begins at `offset` was written, at most 200 ms early; null before the first record. */
  timeAt(offset: Bytes): number | null;
  /** No line that begins before this was written at `at` or later. */
  offsetOf(at: number): Bytes;
  /** No line that begins here or later was written before `at`; infinite where that is not known yet. */
  endOf(at: number): Bytes;
}

/** The map of a part; null where there is no index that is about it. */
export function readTimeMap(part: LogPart): TimeMap | null {
  const raw = readIndex(part.path);
  // A compressed log is another file than the one that was written.
  if (raw === null || (!part.isCompressed && !raw.subarray(0, RECORD_BYTES).equals(encodeHead(part.inode)))) return null;
  return createTimeMap(raw.subarray(RECORD_BYTES));
}

/** Head and records; where the index is too large, the head and the last records. */
function readIndex(logPath: string): Buffer | null {
  let file: number;
  try {
    file = openSync(indexPath(logPath), 'r');
  } catch {
    return null; // none, or not readable
  }
  try {
    const { size } = fstatSync(file);
    const records = Math.min(Math.floor(size / RECORD_BYTES) - 1, Math.floor(MAX_READ_BYTES / RECORD_BYTES));
    if (records < 1) return null;
    const raw = Buffer.alloc((records + 1) * RECORD_BYTES);
    readSync(file, raw, 0, RECORD_BYTES, 0);
    const start = (Math.floor(size / RECORD_BYTES) - records) * RECORD_BYTES;
    readSync(file, raw, RECORD_BYTES, records * RECORD_BYTES, start);
    return raw;
  } finally {
    closeSync(file);
  }
}

function createTimeMap(records: Buffer): TimeMap | null {
  const count = records.length / RECORD_BYTES;
  const offsetOf = (index: number): Bytes => records.readUIntLE(index * RECORD_BYTES, FIELD_BYTES);
  const timeOf = (index: number): number => records.readUIntLE(index * RECORD_BYTES + FIELD_BYTES, FIELD_BYTES);
  // A log that was emptied by somebody else begins again at 0: what stands before that is about bytes that are gone.
  let first = count - 1;
  while (first > 0 && offsetOf(first - 1) <= offsetOf(first)) first -= 1;

  /** The first record at or after `first` for which `isPast` holds; all after it are taken to be past too. */
  const search = (isPast: (index: number) => boolean): number => {
    let low = first;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  // Lines are asked for one after the other.
  let last = { from: Number.POSITIVE_INFINITY, to: 0, at: 0 };
  return {
    timeAt(offset) {
      if (offset >= last.from && offset < last.to) return last.at;
      const next = search((index) => offsetOf(index) > offset);
      if (next === first) return null;
      last = { from: offsetOf(next - 1), to: next === count ? Number.POSITIVE_INFINITY : offsetOf(next), at: timeOf(next - 1) };
      return last.at;
    },
    offsetOf(at) {
      const next = search((index) => timeOf(index) >= at);
      // Lines of the record before may have been written up to the next one.
      return next === first ? 0 : offsetOf(next - 1);
    },
    endOf(at) {
      const next = search((index) => timeOf(index) >= at);
      return next === count ? Number.POSITIVE_INFINITY : offsetOf(next);
    },
  };
}

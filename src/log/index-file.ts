// The time index beside a log file: where it lies, how it is laid out, and how it goes along when its log is renamed or removed.
import { renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Bytes } from '../model/units.ts';

/** Layout: records of this size. The first one is the head: MAGIC in 6 bytes, the log's inode in 6. Each further one: 6 bytes of offset, 6 of epoch milliseconds, little-endian. */
export const RECORD_BYTES: Bytes = 12;
/** Half a record. 48 bits are 256 TB, and the year 10889. */
export const FIELD_BYTES: Bytes = 6;
/** Changed together with the layout: an index with another one is as good as none. */
export const MAGIC = 'hfidx1';

/** `.NAME.log.idx` in the folder of NAME.log. A log that was compressed keeps the index of what it holds: its offsets are those of the plain text. */
export function indexPath(logPath: string): string {
  return join(dirname(logPath), `.${basename(logPath, '.gz')}.idx`);
}

/** For whoever renames a log. A log without an index (or one that nobody may move) is read without it. */
export function moveIndex(from: string, to: string): void {
  try {
    renameSync(indexPath(from), indexPath(to));
  } catch {
    // Readers estimate the times of a log that has none.
  }
}

/** For whoever removes or empties a log. */
export function removeIndex(logPath: string): void {
  try {
    rmSync(indexPath(logPath), { force: true });
  } catch {
    // It is refused by its inode as soon as another log has its name.
  }
}

/** The head of the index of the log with this inode. */
export function encodeHead(inode: number): Buffer {
  const head = Buffer.alloc(RECORD_BYTES);
  head.write(MAGIC, 'latin1');
  // Where inodes are larger, their low 48 bits tell two files apart well enough.
  head.writeUIntLE(inode % 2 ** 48, FIELD_BYTES, FIELD_BYTES);
  return head;
}

/** "What stands at `offset` and later was written at `at` or later". */
export function encodeRecord(offset: Bytes, at: number): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  record.writeUIntLE(offset, 0, FIELD_BYTES);
  record.writeUIntLE(at, FIELD_BYTES, FIELD_BYTES);
  return record;
}

// Files of state: written whole or not at all, read without trusting them, and never destroyed when they cannot be read.
import { closeSync, existsSync, fsync, openSync, readFileSync, readdirSync, rename, renameSync, rmSync, unlink, writeFile } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { HoldfastError } from '../model/errors.ts';
import { errnoOf, explainErrno } from './errno.ts';
import { startTimeOf } from './proc-stat.ts';

/** What is in a file of JSON. */
export type JsonFile =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Not `fs.promises`, which loads ten modules of Node that no manager's process needs: 0.3 MB in each. */
const later = { rename: promisify(rename), unlink: promisify(unlink), writeFile: promisify(writeFile) };

/** Writes to the same path go one after the other: the last call wins, whatever the disk does. */
const lastWrites = new Map<string, Promise<void>>();
/** Files whose earlier writers were cleaned up after: once in the life of a process is enough. */
const tidied = new Set<string>();

/** Replaces a file, mode 0600. When it resolves, the new text survives a power cut; when it rejects, the old file is as it was. */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  const before = lastWrites.get(path);
  const write = (async () => {
    // Its failure was told to the one who asked for it.
    await before?.catch(() => undefined);
    await replace(path, text);
  })();
  lastWrites.set(path, write);
  try {
    await write;
  } catch (error) {
    throw new HoldfastError('HOME_UNUSABLE', `Cannot write ${path}: ${explainErrno(error)}.`, { cause: error });
  } finally {
    if (lastWrites.get(path) === write) lastWrites.delete(path);
  }
}

/** Reads and parses; never throws. The reason names no part of the content, which may be secret. */
export function readJsonFile(path: string): JsonFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', reason: explainErrno(error) };
  }
  try {
    return { kind: 'value', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'unreadable', reason: text === '' ? 'the file is empty' : `its ${Buffer.byteLength(text)} bytes are not valid JSON` };
  }
}

/** Renames a file to `NAME.unreadable-DATE` beside it, never over another file, and returns the new path. */
export function moveAside(path: string): string {
  const stem = `${path}.unreadable-${new Date().toISOString().replaceAll(':', '-')}`;
  let target = stem;
  for (let number = 2; existsSync(target); number += 1) target = `${stem}-${number}`;
  renameSync(path, target);
  return target;
}

/** Removes what writers of this file left behind that were killed. */
export function removeTemporaries(path: string): void {
  const folder = dirname(path);
  const isOurs = new RegExp(`^${basename(path).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\.(\\d+)\\.tmp$`);
  for (const name of readdirSync(folder)) {
    const pid = isOurs.exec(name)?.[1];
    if (pid !== undefined && startTimeOf(Number(pid)) === null) rmSync(join(folder, name), { force: true });
  }
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (!tidied.has(path)) removeTemporaries(path);
    tidied.add(path);
    await later.writeFile(temporary, text, { mode: 0o600, flush: true });
    await later.rename(temporary, path);
  } catch (error) {
    // What stopped the write may stop this as well; the first error is the one to tell.
    await later.unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A rename is on disk only when its folder is (fsync(2)). */
function syncFolder(folder: string): Promise<void> {
  const file = openSync(folder, 'r');
  return new Promise((resolve, reject) => {
    fsync(file, (error) => {
      closeSync(file);
      if (error === null) resolve();
      else reject(error);
    });
  });
}

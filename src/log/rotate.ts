// Puts a log file aside under a name of its own, and finds those put aside before. What is due is decided elsewhere.
import { close, open, readdir, rename, stat, unlink } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Bytes } from '../model/units.ts';
import { errnoOf } from '../platform/errno.ts';
import type { AsideFile } from '../policy/rotate.ts';
import { asideName, isPresent, parseAside } from './aside-name.ts';

const later = {
  close: promisify(close),
  open: promisify(open),
  readdir: promisify(readdir) as (path: string) => Promise<string[]>,
  rename: promisify(rename),
  stat: promisify(stat),
  unlink: promisify(unlink),
};

/** The log files of one app, as its spec names them, and whether each instance has one with its number in the name. */
export interface LogFamily {
  readonly files: readonly string[];
  readonly numbered: boolean;
}

/** Renames `path` so that no other file is overwritten; resolves to the new path. Rejects with the system's error, and then nothing has changed. */
export async function putAside(path: string, at: number): Promise<string> {
  const target = await reserve(path, at);
  try {
    await later.rename(path, target);
  } catch (error) {
    await later.unlink(target).catch(() => undefined);
    throw error;
  }
  return target;
}

/** rename(2) would replace what another process has put aside in the same millisecond: an empty file holds the place. */
async function reserve(path: string, at: number): Promise<string> {
  for (let moment = at; ; moment += 1) {
    const target = join(dirname(path), asideName(basename(path), moment));
    try {
      await later.close(await later.open(target, 'wx', 0o640));
      return target;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** What was put aside of `path` and of the rest of its family, and what the family's present files take. */
export async function survey(
  path: string,
  family: LogFamily,
): Promise<{ readonly aside: readonly AsideFile[]; readonly liveBytes: Bytes }> {
  const aside: AsideFile[] = [];
  let liveBytes = 0;
  for (const folder of new Set([path, ...family.files].map((file) => dirname(file)))) {
    const members = family.files.filter((file) => dirname(file) === folder).map((file) => basename(file));
    for (const name of await later.readdir(folder)) {
      const file = join(folder, name);
      const parsed = dirname(path) === folder ? parseAside(name, basename(path)) : null;
      const kin = parsed ?? members.map((member) => parseAside(name, member, family)).find((found) => found !== null);
      if (kin) aside.push({ ...kin, path: file, bytes: await sizeOf(file), own: parsed !== null });
      else if (members.some((member) => isPresent(name, member, family))) liveBytes += await sizeOf(file);
    }
  }
  return { aside, liveBytes };
}

/** 0 for a file that is gone meanwhile. */
async function sizeOf(file: string): Promise<Bytes> {
  try {
    return (await later.stat(file)).size;
  } catch {
    return 0; // removed by somebody else between the listing and the look
  }
}

// The parts of a log, oldest first: what was put aside of it, compressed or not, then the present file. Reads the folder, not the files.
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Bytes } from '../model/units.ts';

/** One file that a log is or was. */
export interface LogPart {
  readonly path: string;
  readonly isCompressed: boolean;
  readonly isPresent: boolean;
  /** Nothing in it was written later; epoch milliseconds. */
  readonly endedAt: number;
  readonly inode: number;
  /** On the disk. */
  readonly bytes: Bytes;
}

/** `api-out__2026-11-22_19-30-00-123Z.log`; without milliseconds and zone it is pm2-logrotate's. */
const ASIDE = /^__\d{4}-\d\d-\d\d(?:_\d\d-\d\d(?:-\d\d)?(?:-\d{3}Z)?)?$/;
const OUR_TIME = /^__(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/;
/** What logrotate(8) makes of a name, without and with `dateext`. */
const LOGROTATE = /^(?:\.\d+|-\d{8}(?:-\d{2,10})?)$/;

/** Those that are there; none where there is no folder. */
export function partsOf(path: string): readonly LogPart[] {
  const names = new Set(namesIn(dirname(path)));
  const aside = [...names].filter((name) => isAside(name, basename(path)));
  // While a file is being compressed, and when that was interrupted, both are there.
  const single = aside.filter((name) => !name.endsWith('.gz') || !names.has(name.slice(0, -'.gz'.length)));
  const parts = single.map((name) => look(join(dirname(path), name), path)).filter((part) => part !== null);
  const present = look(path, path);
  return [...parts.sort((a, b) => a.endedAt - b.endedAt || (a.path < b.path ? -1 : 1)), ...(present === null ? [] : [present])];
}

/** The name of a part whether it is compressed by now or not. */
export function plainName(part: Pick<LogPart, 'path'>): string {
  return part.path.endsWith('.gz') ? part.path.slice(0, -'.gz'.length) : part.path;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // it is not there, or not ours to list: then the file itself is all there is
  }
}

function isAside(name: string, of: string): boolean {
  return ASIDE.test(middleOf(name, of) ?? '') || (name.startsWith(of) && LOGROTATE.test(name.slice(of.length).replace(/\.gz$/, '')));
}

/** What was put in before `.log`. */
function middleOf(name: string, of: string): string | null {
  const extension = of.endsWith('.log') ? '.log' : '';
  const stem = of.slice(0, of.length - extension.length);
  const plain = name.endsWith('.gz') ? name.slice(0, -'.gz'.length) : name;
  if (!plain.startsWith(stem) || !plain.endsWith(extension) || plain.length < stem.length + extension.length) return null;
  return plain.slice(stem.length, plain.length - extension.length);
}

function look(path: string, present: string): LogPart | null {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return null;
    const time = OUR_TIME.exec(middleOf(basename(path), basename(present)) ?? '');
    const endedAt = time === null ? stat.mtimeMs : Date.parse(`${time[1]}T${time[2]}:${time[3]}:${time[4]}.${time[5]}Z`);
    return { path, isCompressed: path.endsWith('.gz'), isPresent: path === present, endedAt, inode: stat.ino, bytes: stat.size };
  } catch {
    return null; // removed or compressed between the listing and the look
  }
}

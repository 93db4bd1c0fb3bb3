// Whether another user gets to a file, by the modes of what lies on the way. An estimate: access(2) speaks for the caller only, and ACLs are not read.
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** Who wants to. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const BITS = { read: 4, enter: 1 } as const;

/** The first folder on the way that `who` may not enter, or the file itself where it may not be read; null where nothing is in the way. */
export function whatBars(file: string, who: Identity): { readonly path: string; readonly mode: string } | null {
  const real = realpathSync(file);
  const folders: string[] = [];
  for (let folder = path.dirname(real); ; folder = path.dirname(folder)) {
    folders.unshift(folder);
    if (folder === path.dirname(folder)) break;
  }
  const isFolder = statSync(real).isDirectory();
  const steps = [...folders.map((folder) => [folder, 'enter'] as const), [real, isFolder ? 'enter' : 'read'] as const];
  const barred = steps.find(([step, need]) => !mayUse(step, need, who));
  return barred === undefined ? null : { path: barred[0], mode: (statSync(barred[0]).mode & 0o7777).toString(8).padStart(4, '0') };
}

function mayUse(file: string, need: keyof typeof BITS, { uid, gid }: Identity): boolean {
  const stat = statSync(file);
  const bits = stat.uid === uid ? stat.mode >> 6 : stat.gid === gid ? stat.mode >> 3 : stat.mode;
  return uid === 0 || (bits & BITS[need]) !== 0;
}

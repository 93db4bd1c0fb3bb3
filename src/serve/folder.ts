// What is in a folder, as far as it may be shown: nothing hidden, nothing that lies outside.
import fs from 'node:fs/promises';
import { find } from './find.ts';
import { MAX_ENTRIES } from './listing.ts';
import type { Entry } from './listing.ts';
import { isHidden } from './place.ts';

/** The entries of the folder at `real`, which `names` means in `root`; one more than a page shows where there are so many. */
export async function readFolder(root: string, names: readonly string[], real: string): Promise<readonly Entry[]> {
  const visible = (await fs.readdir(real)).filter((name) => !isHidden([...names, name])).sort();
  const entries = await Promise.all(visible.slice(0, MAX_ENTRIES + 1).map((name) => readEntry(root, names, name)));
  return entries.filter((entry) => entry !== null);
}

async function readEntry(root: string, names: readonly string[], name: string): Promise<Entry | null> {
  const found = await find(root, [...names, name]);
  if (found.kind !== 'file' && found.kind !== 'folder') return null;
  try {
    const { size, mtime } = await fs.stat(found.path);
    return { name, isFolder: found.kind === 'folder', bytes: size, changedAt: mtime };
  } catch {
    return null; // it went between the two looks
  }
}

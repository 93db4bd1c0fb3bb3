// Finds what a path means in the served folder, and in it alone: links that lead out of it lead nowhere. It sends nothing.
import fs from 'node:fs/promises';
import path from 'node:path';

/** What is there: a file or folder by its real path. `forbidden`: this process may not read it. */
export type Found =
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'forbidden' };

/** The root is looked up anew each time: it may be a link that a deploy turns. */
export async function find(root: string, names: readonly string[]): Promise<Found> {
  try {
    const realRoot = await fs.realpath(root);
    const real = await fs.realpath(path.join(realRoot, ...names));
    if (real !== realRoot && !real.startsWith(realRoot === '/' ? '/' : `${realRoot}/`)) return { kind: 'nothing' };
    const stat = await fs.stat(real);
    if (!stat.isFile() && !stat.isDirectory()) return { kind: 'nothing' };
    await fs.access(real, stat.isFile() ? fs.constants.R_OK : fs.constants.X_OK);
    return { kind: stat.isFile() ? 'file' : 'folder', path: real };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'nothing' };
  }
}

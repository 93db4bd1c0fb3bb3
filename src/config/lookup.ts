// Finds programs and folders: PATH, ~, and where only the config file's own folder has something.
import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where programs are sought without a PATH (execvp(3)). */
export const DEFAULT_PATH = '/usr/local/bin:/bin:/usr/bin';

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Whether the caller may execute it. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false; // access(2) says no: it is not executable, which is the answer
  }
}

/** The absolute path of a bare program name, or null. `path` is a PATH variable; relative entries count from `cwd`, as for execvp(3). */
export function findInPath(name: string, path: string, cwd: string): string | null {
  if (name === '' || name.includes('/')) return null;
  for (const folder of path.split(':')) {
    const file = join(resolve(cwd, folder), name);
    if (isExecutable(file)) return file;
  }
  return null;
}

/** `~/x` with the home folder of `env`. */
export function expandHome(path: string, env: Readonly<Record<string, string | undefined>>): string {
  const home = env['HOME'];
  return home !== undefined && home !== '' && /^~(?=\/|$)/.test(path) ? `${home}${path.slice(1)}` : path;
}

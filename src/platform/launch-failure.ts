// Why a child could not be started, in words that name the file or folder at fault. execve(2) reports only a number.
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { errnoOf, explainErrno } from './errno.ts';

/** What was to be executed. */
export interface Launch {
  readonly file: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number };
}

/** A reason without a full stop at its end: `the working directory /srv/app does not exist`. */
export function explainLaunchFailure(error: unknown, launch: Launch): string {
  const code = errnoOf(error);
  if (code === 'EPERM' && launch.user !== undefined) return `only root may start it as user ${launch.user.uid}`;
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOTDIR') return explainErrno(error);
  return explainFolder(launch.cwd) ?? explainFile(launch) ?? `${launch.file}: ${explainErrno(error)}`;
}

function explainFolder(cwd: string): string | null {
  try {
    if (!statSync(cwd).isDirectory()) return `the working directory ${cwd} is not a folder`;
    accessSync(cwd, constants.X_OK);
    return null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return `the working directory ${cwd} does not exist`;
    return `the working directory ${cwd} cannot be entered: ${explainErrno(error)}`;
  }
}

function explainFile(launch: Launch): string | null {
  const path = locate(launch);
  if (path === null) return `${launch.file} was not found in PATH`;
  try {
    if (statSync(path).isDirectory()) return `${path} is a folder`;
    accessSync(path, constants.X_OK);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return `${path} does not exist`;
    return `${path} cannot be executed: ${explainErrno(error)}`;
  }
  const interpreter = interpreterOf(path);
  // execve(2) reports ENOENT of the interpreter as if it were the file's.
  return interpreter === null ? null : `${path} needs ${interpreter}, which does not exist or cannot be executed`;
}

/** As execvp(3) looks: a name with a slash is a path, any other is sought in PATH. */
function locate({ file, cwd, env }: Launch): string | null {
  if (file.includes('/')) return resolve(cwd, file);
  const candidates = (env['PATH'] ?? '/usr/local/bin:/bin:/usr/bin').split(delimiter).map((folder) => resolve(cwd, join(folder, file)));
  return candidates.find(isThere) ?? null;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function interpreterOf(path: string): string | null {
  try {
    const first = readFileSync(path).subarray(0, 256).toString('latin1').split('\n', 1)[0] ?? '';
    return /^#!\s*(\S+)/.exec(first)?.[1] ?? null;
  } catch {
    return null; // Not readable, but executable: nothing more can be found out.
  }
}

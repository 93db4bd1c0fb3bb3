// Where an app's files really are: symlinks followed at the moment of a command, so that moving one later changes nothing that runs.
import fs from 'node:fs';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';

/** The folder and the script of a release, without symlinks. */
export interface ResolvedPaths {
  readonly cwd: string;
  /** As it is where it is a bare name. */
  readonly script: string;
}

/** Follows the symlinks. Throws CONFIG_NOT_FOUND where one ends nowhere: `verb` is what was asked for. */
export function resolvePaths(verb: string, { name, cwd, script }: AppSpec): ResolvedPaths {
  return {
    cwd: follow(cwd, (reason) => missing(`Cannot ${verb} ${name}: its folder ${cwd} ${reason}.`, cwd)),
    script: isBareName(script)
      ? script
      : follow(script, (reason) => missing(`Cannot ${verb} ${name}: its script ${script} ${reason}.`, script)),
  };
}

/** As `resolvePaths`; what cannot be followed stays as it is. */
export function resolveWhatIsThere({ cwd, script }: AppSpec): ResolvedPaths {
  const same = (path: string): string => {
    try {
      return fs.realpathSync(path);
    } catch {
      // It may be there later: the launch says so if it is not.
      return path;
    }
  };
  return { cwd: same(cwd), script: isBareName(script) ? script : same(script) };
}

/** The first of the paths that is not there; null when all are. */
export function missingPath({ cwd, script }: ResolvedPaths): string | null {
  return [cwd, ...(isBareName(script) ? [] : [script])].find((path) => !fs.existsSync(path)) ?? null;
}

/** A program to be found in PATH. */
function isBareName(script: string): boolean {
  return !script.includes('/');
}

function follow(path: string, toError: (reason: string) => HoldfastError): string {
  try {
    return fs.realpathSync(path);
  } catch (error) {
    throw toError(reasonOf(path, error as NodeJS.ErrnoException));
  }
}

function reasonOf(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return `cannot be looked at (${message})`;
  const target = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? fs.readlinkSync(path) : null;
  return target === null ? 'is not there' : `is a link to ${target}, which is not there`;
}

function missing(message: string, path: string): HoldfastError {
  return new HoldfastError('CONFIG_NOT_FOUND', message, { hint: `ls -l ${path}` });
}

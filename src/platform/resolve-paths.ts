// Where an app's files really are: symlinks followed at the moment of a command, so that moving one later changes nothing that runs.
import fs from 'node:fs';
import path from 'node:path';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
import { shellWord } from '../model/shell-word.ts';

/** The folder and the script of a release, without symlinks. */
export interface ResolvedPaths {
  readonly cwd: string;
  /** As it is where it is a bare name. The name of a program is kept: python(1) finds its virtual environment by it, busybox(1) its applet. */
  readonly script: string;
}

/** Follows the symlinks. Throws CONFIG_NOT_FOUND where one ends nowhere: `verb` is what was asked for. */
export function resolvePaths(verb: string, spec: AppSpec): ResolvedPaths {
  return follow(spec, (what, place, error) => {
    throw new HoldfastError('CONFIG_NOT_FOUND', `Cannot ${verb} ${spec.name}: its ${what} ${place} ${reasonOf(place, error)}.`, {
      hint: `ls -l ${shellWord(place)}`,
    });
  });
}

/** As `resolvePaths`; what cannot be followed stays as it is. */
export function resolveWhatIsThere(spec: AppSpec): ResolvedPaths {
  // It may be there later: the launch says so if it is not.
  return follow(spec, (_what, place) => place);
}

type Otherwise = (what: string, place: string, error: NodeJS.ErrnoException) => string;

function follow(spec: AppSpec, otherwise: Otherwise): ResolvedPaths {
  const attempt = (what: string, place: string, act: () => string): string => {
    try {
      return act();
    } catch (error) {
      return otherwise(what, place, error as NodeJS.ErrnoException);
    }
  };
  return {
    cwd: attempt('folder', spec.cwd, () => fs.realpathSync(spec.cwd)),
    script: attempt('script', spec.script, () => followScript(spec)),
  };
}

/** The first of the paths that is not there; null when all are. */
export function missingPath({ cwd, script }: ResolvedPaths): string | null {
  return [cwd, ...(isBareName(script) ? [] : [script])].find((place) => !fs.existsSync(place)) ?? null;
}

function followScript({ script, interpreter }: AppSpec): string {
  if (isBareName(script)) return script;
  const real = fs.realpathSync(script);
  return interpreter === 'none' ? path.join(fs.realpathSync(path.dirname(script)), path.basename(script)) : real;
}

/** A program to be found in PATH. */
function isBareName(script: string): boolean {
  return !script.includes('/');
}

function reasonOf(place: string, { code, message }: NodeJS.ErrnoException): string {
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return `cannot be looked at (${message})`;
  const target = linkTarget(place);
  return target === null ? 'is not there' : `is a link to ${target}, which is not there`;
}

function linkTarget(place: string): string | null {
  try {
    return fs.readlinkSync(place);
  } catch {
    // Not there at all, or no link (readlink(2), EINVAL).
    return null;
  }
}

// What a spec becomes before it runs in the foreground: its real paths, and no log file where that would be our own output again.
import type { AppSpec } from '../model/app-spec.ts';
import { resolvePaths } from '../platform/resolve-paths.ts';
import type { Draft } from './apps.ts';

/** Names of the standard output and error of a container's first process: what apps write goes there anyway. */
const OWN_STREAMS = /^\/dev\/(?:stdout|stderr|fd\/[12]|tty|console)$|^\/proc\/(?:self|1)\/fd\/[12]$/;

/** Throws CONFIG_NOT_FOUND where a path ends nowhere. */
export function draftOf(spec: AppSpec): Draft {
  const paths = resolvePaths('run', spec);
  return { ...paths, spec: { ...spec, outFile: fileOf(spec.outFile), errorFile: fileOf(spec.errorFile) } };
}

function fileOf(path: string | null): string | null {
  return path !== null && OWN_STREAMS.test(path) ? null : path;
}

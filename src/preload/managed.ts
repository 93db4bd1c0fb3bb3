// Whether this process is the one that a supervisor launched, and not a worker thread or a fork of it. Leaves no trace for those.
import path from 'node:path';

/** How the launcher wants this process to be looked after. */
export type Role = 'cluster' | 'fork';

/** True once, in the main thread of a managed process with a channel to its supervisor. Also does what else the launcher asked of Node. */
export function enterManaged(role: Role): boolean {
  if (isWorkerThread() || process.env['HOLDFAST_PRELOAD'] !== role) return false;
  delete process.env['HOLDFAST_PRELOAD'];
  dropOwnRequire();
  if (process.env['HOLDFAST_SOURCE_MAPS'] === '1') process.setSourceMapsEnabled(true);
  delete process.env['HOLDFAST_SOURCE_MAPS'];
  return typeof process.send === 'function';
}

/**
 * As `isMainThread` of node:worker_threads, which would load 26 modules into every app before its first line: 1.3 ms of the 18 of an empty start.
 * A worker thread cannot change the folder of the process, and Node marks what it cannot do (Node: lib/internal/process/worker_thread_only.js, "disabled"; seen in 20, 22, 24 and 26).
 */
function isWorkerThread(): boolean {
  return (process.chdir as { readonly disabled?: boolean }).disabled === true;
}

/** `child_process.fork` hands `process.execArgv` on (Node: child_process, "fork"). Only our own pair goes. */
function dropOwnRequire(): void {
  const { execArgv } = process;
  const at = execArgv.findIndex((argument, place) => isRequire(argument) && isThisFile(execArgv[place + 1]));
  if (at >= 0) execArgv.splice(at, 2);
}

function isRequire(argument: string): boolean {
  return argument === '--require' || argument === '-r';
}

function isThisFile(argument: string | undefined): boolean {
  return argument !== undefined && path.resolve(argument) === __filename;
}

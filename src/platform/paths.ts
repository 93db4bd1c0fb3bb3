// Where the home directory is, and whether it can serve: private, on a local disk, short enough for Unix sockets.
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import { MAX_SOCKET_PATH_BYTES, homeAt, hostFiles } from '../model/home.ts';
import type { Home } from '../model/home.ts';
import { errnoOf, explainErrno } from './errno.ts';

/** NFS_SUPER_MAGIC (statfs(2)). Locks and Unix sockets on NFS are another machine's business as well. */
export const NFS_TYPE = 0x6969;

const HINT = 'Set HOLDFAST_HOME to a short path on a local disk, for example: export HOLDFAST_HOME=/var/lib/holdfast';

/** Where the home directory is: named by HOLDFAST_HOME, else `~/.holdfast`. It need not be there. */
export function locateHome(env: NodeJS.ProcessEnv): Home {
  const wanted = env['HOLDFAST_HOME'];
  return homeAt(wanted === undefined || wanted === '' ? join(env['HOME'] || homedir(), '.holdfast') : resolve(wanted));
}

/**
 * The home directory named by HOLDFAST_HOME, else `~/.holdfast`; made with mode 0700 together with its folders. Throws HOME_UNUSABLE with the
 * offending path where it cannot be used. `fileSystemType` is statfs(2)'s f_type of a path.
 */
export function resolveHome(env: NodeJS.ProcessEnv, fileSystemType: (path: string) => number = (path) => statfsSync(path).type): Home {
  const home = locateHome(env);
  const { root } = home;
  // The longest names that every installation needs.
  checkSocketPath(home.socket);
  checkSocketPath(hostFiles(home, 'shared').socket);
  try {
    makePrivate(root);
    if (fileSystemType(root) === NFS_TYPE) throw unusable(`the home directory ${root}`, 'it lies on NFS');
    mkdirSync(home.hosts, { recursive: true, mode: 0o700 });
    makeLogFolder(home.logs);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw unusable(`the home directory ${root}`, explainErrno(error), error);
  }
  return home;
}

/** Throws HOME_UNUSABLE for a path that does not fit into a Unix socket's address, naming it and its length. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= MAX_SOCKET_PATH_BYTES) return;
  throw unusable(`the socket ${path}`, `its path has ${bytes} bytes, and ${MAX_SOCKET_PATH_BYTES} is the limit of Unix sockets`);
}

/**
 * A folder that others may look or write into is closed to them when it is ours by its content; a folder with other things in it is not ours to
 * close. Who may only pass it reaches what he was given by its name (the socket), and nothing else.
 */
function makePrivate(root: string): void {
  makeFolder(root);
  if ((statSync(root).mode & 0o066) === 0) return;
  const names = readdirSync(root);
  const known = Object.values(homeAt(root)).map((path) => basename(path));
  if (names.length > 0 && !names.some((name) => known.includes(name))) {
    throw unusable(`the home directory ${root}`, "it is open to other users and holds files that are not Holdfast's");
  }
  chmodSync(root, 0o700);
}

/** Without it nothing but the log files is missing, and each of these reports its own trouble: it must not keep anybody from `stop`. */
function makeLogFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // A file or a link to nowhere in its place.
  }
}

/** With its parents. Not `recursive`: Node goes round for ever where a file system refuses with ENOENT, as /proc does (seen on Node 20). */
function makeFolder(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw unusable(`the home directory ${path}`, 'it is a file');
    return;
  }
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another command makes it at the same time.
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

function unusable(what: string, reason: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HOME_UNUSABLE', `Cannot use ${what}: ${reason}.`, { hint: HINT, ...(cause === undefined ? {} : { cause }) });
}

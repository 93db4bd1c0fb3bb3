// Under PM2's name: whether the command is used in its place, where its home is, and which files scripts look for there. It touches nothing.
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether this stands in for PM2: it is called `pm2`, or PM2's home is named and ours is not. */
export function standsInForPm2(programPath: string, env: Environment): boolean {
  return path.basename(programPath) === 'pm2' || (isSet(env, 'PM2_HOME') && !isSet(env, 'HOLDFAST_HOME'));
}

/** The variables that name PM2's home, the one that counts first. */
export const HOME_VARIABLES = ['OVER_HOME', 'PM2_HOME'] as const;

/** PM2's home directory. */
export function pm2HomeOf(env: Environment, cwd: string): string {
  return namedHome(env, cwd) ?? path.join(env['HOME'] ?? '/', '.pm2');
}

function namedHome(env: Environment, cwd: string): string | null {
  const name = HOME_VARIABLES.find((variable) => isSet(env, variable));
  return name === undefined ? null : path.resolve(cwd, env[name]!);
}

/** Paths of files and sockets that PM2 has in its home. */
export interface Pm2Files {
  /** The process id of the daemon. */
  readonly pid: string;
  /** What the daemon says of itself. */
  readonly log: string;
  /** What was saved, and what was saved before that. */
  readonly dump: string;
  readonly backup: string;
  /** The sockets on which it answers, and on which it tells what happens. */
  readonly rpc: string;
  readonly pub: string;
}

/** The files that are kept for scripts in a home that is PM2's by its name or by a variable; null in any other. */
export function pm2FilesIn(root: string, env: Environment): Pm2Files | null {
  if (namedHome(env, '/') !== root && path.basename(root) !== '.pm2') return null;
  const at = (variable: string, file: string): string => placeOf(env, variable) ?? path.join(root, file);
  const dump = at('PM2_DUMP_FILE_PATH', 'dump.pm2');
  return {
    pid: at('PM2_PID_FILE_PATH', 'pm2.pid'),
    log: at('PM2_LOG_FILE_PATH', 'pm2.log'),
    dump,
    backup: `${dump}.bak`,
    rpc: at('PM2_DAEMON_RPC_PORT', 'rpc.sock'),
    pub: at('PM2_DAEMON_PUB_PORT', 'pub.sock'),
  };
}

/** Relative to nothing that daemon and command would agree on: only an absolute path counts. */
function placeOf(env: Environment, name: string): string | null {
  const value = env[name] ?? '';
  return path.isAbsolute(value) ? value : null;
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}

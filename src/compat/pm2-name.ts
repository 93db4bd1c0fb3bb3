// Under PM2's name: whether the command is used in its place, and where its home is. It touches nothing.
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether this stands in for PM2: it is called `pm2`, or PM2's home is named and ours is not. */
export function standsInForPm2(programPath: string, env: Environment): boolean {
  return path.basename(programPath) === 'pm2' || (isSet(env, 'PM2_HOME') && !isSet(env, 'HOLDFAST_HOME'));
}

/** PM2's home directory. */
export function pm2HomeOf(env: Environment, cwd: string): string {
  return isSet(env, 'PM2_HOME') ? path.resolve(cwd, env['PM2_HOME']!) : path.join(env['HOME'] ?? '/', '.pm2');
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}

// Where the home directory is: ours, or that of PM2 where this is used in its place.
import fs from 'node:fs';
import { livePm2 } from '../src/compat/live-pm2.ts';
import { pm2HomeOf, standsInForPm2 } from '../src/compat/pm2-name.ts';
import { HoldfastError } from '../src/model/errors.ts';
import type { Home } from '../src/model/home.ts';
import { locateHome, resolveHome } from '../src/platform/paths.ts';
import { startTimeOf } from '../src/platform/proc-stat.ts';

/** How the process was started. `programPath` is empty where that says nothing. */
export interface Start {
  readonly env: NodeJS.ProcessEnv;
  readonly programPath: string;
  readonly cwd: string;
}

/** The home directory, made where it is missing. Throws HOME_UNUSABLE, also while PM2 itself runs there: before anything in it is touched. */
export function findHome(start: Start): Home {
  const { env, cwd } = start;
  if (!isThatOfPm2(start)) return resolveHome(env);
  const root = pm2HomeOf(env, cwd);
  const pid = livePm2(root, (one) => startTimeOf(one) !== null);
  if (pid === null) return resolveHome({ ...env, HOLDFAST_HOME: root });
  throw new HoldfastError('HOME_UNUSABLE', `Cannot use the home directory ${root}: PM2 itself runs there (pid ${pid}).`, {
    hint: 'end it with its own pm2 kill, or name another home: export HOLDFAST_HOME=~/.holdfast',
  });
}

/** Whether the socket of a daemon is in the home directory. Nothing is made, and nothing is refused. */
export function mayHaveDaemon(start: Start): boolean {
  const { env, cwd } = start;
  const home = isThatOfPm2(start) ? locateHome({ ...env, HOLDFAST_HOME: pm2HomeOf(env, cwd) }) : locateHome(env);
  return fs.existsSync(home.socket);
}

function isThatOfPm2({ env, programPath }: Start): boolean {
  return standsInForPm2(programPath, env) && (env['HOLDFAST_HOME'] ?? '') === '';
}

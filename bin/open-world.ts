// The manager that a program uses: its home directory, its client and its configs, in the program's own process.
import fs from 'node:fs';
import path from 'node:path';
import { createClient } from '../src/client/client.ts';
import type { Client } from '../src/client/client.ts';
import type { ApiWorld } from '../src/compat/api-world.ts';
import { pm2HomeOf, standsInForPm2 } from '../src/compat/pm2-name.ts';
import { homeAt } from '../src/model/home.ts';
import type { Home } from '../src/model/home.ts';
import { startTimeOf } from '../src/platform/proc-stat.ts';
import { findHome } from './find-home.ts';
import { runCommand } from './run-command.ts';

/** `home` is that of the environment where it is not given; without `launch` no daemon is started. */
export interface WorldOptions {
  readonly home?: string | undefined;
  readonly cwd?: string | undefined;
  readonly launch?: boolean | undefined;
}

/** Nothing is touched before the first call. */
export function openWorld({ home: root, cwd = process.cwd(), launch: mayLaunch = true }: WorldOptions): ApiWorld {
  let home: Home | null = null;
  let client: Client | null = null;
  const managerEnv = (): NodeJS.ProcessEnv => (root === undefined ? process.env : { ...process.env, HOLDFAST_HOME: root });
  // A home that the program names may be that of a PM2, too.
  const homeEnv = (): NodeJS.ProcessEnv =>
    root === undefined ? process.env : { ...process.env, HOLDFAST_HOME: '', OVER_HOME: '', PM2_HOME: root };
  const homeOf = (): Home => (home ??= findHome({ env: homeEnv(), programPath: programPathOf(cwd), cwd }));
  const launch = async (): Promise<void> =>
    (await import('./launch-daemon.ts')).launchDaemon({ home: homeOf(), env: managerEnv(), dist: __dirname });
  const clientOf = (): Client => (client ??= createClient({ socketPath: homeOf().socket, ...(mayLaunch ? { launch } : {}) }));
  return {
    cwd,
    env: process.env,
    uid: process.getuid!(),
    nodePath: process.execPath,
    staticServer: path.join(__dirname, 'serve.cjs'),
    asPm2: () => standsInForPm2(programPathOf(cwd), homeEnv()),
    home: homeOf,
    client: clientOf,
    isAlive: (pid) => startTimeOf(pid) !== null,
    saved: async () => (await import('./keep-pm2-dump.ts')).keepPm2Dump({ env: managerEnv(), home: homeOf(), client: clientOf() }),
    command: (words, how) => runCommand({ words, how, cwd, env: { ...process.env, HOLDFAST_HOME: homeOf().root }, dist: __dirname }),
    machine: async () => (await import('./measure-machine.ts')).measureMachine(),
    warn: (text) => process.emitWarning(text, 'HoldfastWarning'),
  };
}

/** Installed in PM2's place (`"pm2": "npm:holdfast"`), what programs mean is the daemon of the command `pm2`, where there ever was one. */
function programPathOf(cwd: string): string {
  const isInItsPlace = path.basename(path.dirname(__dirname)) === 'pm2';
  return isInItsPlace && fs.existsSync(homeAt(pm2HomeOf(process.env, cwd)).log) ? 'pm2' : '';
}

// The door of `holdfast/pm2`: PM2's programmatic API in the process of whoever requires it. It starts nothing before the first call.
import path from 'node:path';
import { createClient } from '../src/client/client.ts';
import type { Client } from '../src/client/client.ts';
import { createPm2 } from '../src/compat/api.ts';
import type { OpenWorld } from '../src/compat/api.ts';
import type { Home } from '../src/model/home.ts';
import { findHome } from './find-home.ts';

const openWorld: OpenWorld = ({ pm2_home: root, cwd = process.cwd() }) => {
  let home: Home | null = null;
  let client: Client | null = null;
  const managerEnv = (): NodeJS.ProcessEnv => (root === undefined ? process.env : { ...process.env, HOLDFAST_HOME: root });
  // A home that the program names may be that of a PM2, too.
  const homeEnv = (): NodeJS.ProcessEnv => (root === undefined ? process.env : { ...process.env, HOLDFAST_HOME: '', PM2_HOME: root });
  const homeOf = (): Home => (home ??= findHome({ env: homeEnv(), programPath: '', cwd }));
  const launch = async (): Promise<void> =>
    (await import('./launch-daemon.ts')).launchDaemon({ home: homeOf(), env: managerEnv(), dist: __dirname });
  return {
    cwd,
    env: process.env,
    uid: process.getuid!(),
    nodePath: process.execPath,
    staticServer: path.join(__dirname, 'serve.cjs'),
    home: homeOf,
    client: () => (client ??= createClient({ socketPath: homeOf().socket, launch })),
    warn: (text) => process.emitWarning(text, 'HoldfastWarning'),
  };
};

/** What `require('holdfast/pm2')` is; see ENTRIES in scripts/build.mjs. */
export const pm2 = createPm2(openWorld);

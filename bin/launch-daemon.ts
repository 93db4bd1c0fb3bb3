// Starting the daemon of a home directory and waiting until it listens: for the command line, and for programs that use Holdfast.
import path from 'node:path';
import { createClient } from '../src/client/client.ts';
import { HOME_VARIABLES } from '../src/compat/pm2-name.ts';
import { HoldfastError } from '../src/model/errors.ts';
import type { Home } from '../src/model/home.ts';
import { systemClock } from '../src/platform/clock.ts';
import { launchDetached } from '../src/platform/detached.ts';

/** How long a daemon may take from its lock to its socket. */
const LISTEN_MS = 30_000;
const POLL_MS = 20;

/** `env` is what the daemon gets, `dist` the folder of the bundles. */
export interface DaemonLaunch {
  readonly home: Home;
  readonly env: NodeJS.ProcessEnv;
  readonly dist: string;
}

/** Resolves when it listens. Throws DAEMON_UNREACHABLE with the reason. */
export async function launchDaemon({ home, env, dist }: DaemonLaunch): Promise<void> {
  const script = path.join(dist, 'daemon.cjs');
  try {
    await launchDetached({ script, args: [home.root], env: withoutRelativeHome(env), cwd: home.root, logFile: home.log });
  } catch (error) {
    throw new HoldfastError('DAEMON_UNREACHABLE', `Cannot start the daemon: ${(error as Error).message}`, {
      hint: `tail ${home.log}`,
      cause: error,
    });
  }
  // A host may have brought the daemon back in the same moment: then ours has left, and the other one is still on its way.
  const client = createClient({ socketPath: home.socket });
  const endMs = systemClock.monotonicMs() + LISTEN_MS;
  while (!(await client.isRunning()) && systemClock.monotonicMs() < endMs) {
    await new Promise<void>((resolve) => void systemClock.setTimer(POLL_MS, resolve));
  }
}

/** The daemon runs in another folder, and has to know its home again in it. */
function withoutRelativeHome(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const named = HOME_VARIABLES.filter((variable) => (env[variable] ?? '') !== '');
  return { ...env, ...Object.fromEntries(named.map((variable) => [variable, path.resolve(env[variable]!)])) };
}

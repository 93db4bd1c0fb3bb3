// What stands behind PM2's sockets: its API, with the daemon as a client of itself. Loaded when somebody connects.
import type { Socket } from 'node:net';
import path from 'node:path';
import { createClient } from '../src/client/client.ts';
import { createPm2 } from '../src/compat/api.ts';
import { argumentOf, REMOTE_CALLS } from '../src/compat/api-remote.ts';
import { carryOut } from '../src/compat/api-world.ts';
import type { ApiWorld } from '../src/compat/api-world.ts';
import { createPublisher } from '../src/compat/wire-publisher.ts';
import { createRpc } from '../src/compat/wire-rpc.ts';
import type { RpcService } from '../src/compat/wire-rpc.ts';
import type { Home } from '../src/model/home.ts';
import { keepPm2Dump } from './keep-pm2-dump.ts';
import { runCommand } from './run-command.ts';

/** `env` is that of the daemon, `dist` the folder of the bundles. */
export interface WireOptions {
  readonly home: Home;
  readonly env: NodeJS.ProcessEnv;
  readonly dist: string;
}

/** Both sides of it. */
export interface Wire {
  /** Answers a connection of `rpc.sock`. */
  answer(socket: Socket): void;
  /** Tells a connection of `pub.sock` what happens. */
  subscribe(socket: Socket): void;
  /** Tells all of these that the daemon ends with all apps. */
  tellEnd(): void;
}

/** Nothing is asked before the first request. */
export function createWire(options: WireOptions): Wire {
  const world = worldOf(options);
  const pm2 = createPm2(() => world);
  const service: RpcService = {
    methods: REMOTE_CALLS,
    // Who asks for the end is told by the end of the connection, as by PM2: this process cannot wait until it has gone.
    call: (method, args) =>
      method === 'killMe' ? carryOut(world, { action: 'kill' }) : pm2.Client.executeRemote(method, argumentOf(method, args)),
  };
  const { subscribe, tellEnd } = createPublisher(() => pm2.launchBus());
  return { answer: createRpc(service), subscribe, tellEnd };
}

function worldOf({ home, env, dist }: WireOptions): ApiWorld {
  const client = createClient({ socketPath: home.socket });
  return {
    cwd: home.root,
    env,
    uid: process.getuid!(),
    nodePath: process.execPath,
    staticServer: path.join(dist, 'serve.cjs'),
    asPm2: () => true,
    home: () => home,
    client: () => client,
    // The daemon itself, whose end it cannot wait for.
    isAlive: () => false,
    saved: () => keepPm2Dump({ env, home, client }),
    command: (words, how) =>
      runCommand({ words, how, cwd: home.root, env: { ...env, HOLDFAST_HOME: '', OVER_HOME: '', PM2_HOME: home.root }, dist }),
    machine: async () => (await import('./measure-machine.ts')).measureMachine(),
    // No program hears it: what a config has that is odd is said by the command that reads it.
    warn: () => undefined,
  };
}

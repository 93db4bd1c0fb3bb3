// The methods of the programmatic API that are about the manager, or only look: connect, list, dump, kill, and sending lines and signals.
import fs from 'node:fs';
import os from 'node:os';
import { HoldfastError } from '../model/errors.ts';
import { instanceVariables } from '../model/instance-variables.ts';
import type { Action } from './api-call.ts';
import { inPm2Words } from './api-errors.ts';
import { carryOut, findEntries, listEntries, socketsOf } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';
import type { JlistEntry } from './jlist.ts';
import type { Connection, Methods, Success, Target } from './pm2-types.ts';

type Others =
  | 'connect'
  | 'list'
  | 'describe'
  | 'dump'
  | 'autodump'
  | 'clearDump'
  | 'resurrect'
  | 'ping'
  | 'getVersion'
  | 'kill'
  | 'killDaemon'
  | 'destroy'
  | 'flush'
  | 'reloadLogs'
  | 'sendSignalToProcessName'
  | 'sendSignalToProcessId'
  | 'sendLineToStdin'
  | 'inspect'
  | 'getPID'
  | 'getProcessIdByName'
  | 'env';

const SUCCESS: Success = { success: true };
const POLL_MS = 20;
/** A daemon answers before it ends. */
const LEAVES_WITHIN_MS = 5000;

/** The methods, for one manager. */
export function createManagerActions(world: ApiWorld): Record<Others & keyof Methods, Action> {
  const client = (): ReturnType<ApiWorld['client']> => world.client();
  const list = (): Promise<JlistEntry[]> => listEntries(world);
  const succeed = async (act: Promise<unknown>): Promise<Success> => {
    await act;
    return SUCCESS;
  };
  return {
    connect: () => connect(world),
    list,
    describe: (target: Target) => findEntries(world, [String(target)]),
    dump: (force = false) => succeed(carryOut(world, { action: 'save', force }).then(() => world.saved())),
    autodump: () => Promise.resolve(SUCCESS),
    clearDump: () => succeed(carryOut(world, { action: 'clear-dump' }).then(() => world.saved())),
    resurrect: () => succeed(carryOut(world, { action: 'resurrect' })),
    ping: async () => ({ msg: (await client().ping()).msg }),
    getVersion: async () => (await client().ping()).version,
    kill: () => kill(world),
    killDaemon: () => kill(world),
    destroy: () => destroy(world),
    async flush(target: Target = '') {
      const isAll = target === '' || target === 'all';
      await inPm2Words(() => client().flush(isAll ? {} : { targets: [String(target)] }));
      return list();
    },
    reloadLogs: () => succeed(client().reopenLogs()),
    sendSignalToProcessName: (signal: string | number, target: Target) => sendSignal(world, signal, target),
    sendSignalToProcessId: (signal: string | number, target: Target) => sendSignal(world, signal, target),
    async sendLineToStdin(target: Target, line: string, separator = '\n') {
      await inPm2Words(() => client().send({ target: String(target), line, ...(separator === '\n' ? {} : { end: separator }) }));
      return { pm_id: target, line: `${line}${separator}` };
    },
    async inspect(target: Target) {
      const { url } = await inPm2Words(() => client().inspect({ target: String(target) }));
      return { ...SUCCESS, url };
    },
    getPID: async (name?: string) => (await list()).filter((entry) => name === undefined || entry.name === name).map(({ pid }) => pid),
    getProcessIdByName: async (name: string) => (await list()).filter((entry) => entry.name === name).map(({ pm_id: id }) => id),
    env: (target: Target) => variablesOf(world, target),
  };
}

async function connect(world: ApiWorld): Promise<Connection> {
  const { rpc, pub } = socketsOf(world);
  const wasRunning = await world.client().isRunning();
  await world.client().ping();
  return { daemon_mode: true, new_pm2_instance: !wasRunning, rpc_socket_file: rpc, pub_socket_file: pub, pm2_home: world.home().root };
}

/** Hosts may outlive a daemon that was killed: a new one finds them, and then stops them. */
async function kill(world: ApiWorld): Promise<Success> {
  const { hosts } = world.home();
  const isRunning = (): Promise<boolean> => world.client().isRunning();
  if (!(await isRunning()) && !fs.readdirSync(hosts).some((file) => file.endsWith('.sock'))) return SUCCESS;
  const { pid } = await world.client().ping();
  await carryOut(world, { action: 'kill' });
  // It listens no more some milliseconds before it is gone.
  for (let waited = 0; waited < LEAVES_WITHIN_MS && ((await isRunning()) || world.isAlive(pid)); waited += POLL_MS)
    await new Promise<void>((resolve) => void setTimeout(resolve, POLL_MS));
  return SUCCESS;
}

/** Folders that more than one program may live in are not ours to remove. */
async function destroy(world: ApiWorld): Promise<Success> {
  const { root } = world.home();
  if (/\.(?:pm2|holdfast)(?:\/|$)/.test(root))
    throw new HoldfastError('USAGE', `Cannot destroy ${root}: it is a home directory that is used by default.`, {
      hint: "only that of new pm2.custom({ pm2_home: '/tmp/mine' }) can be destroyed",
    });
  await kill(world);
  fs.rmSync(root, { recursive: true, force: true });
  return SUCCESS;
}

async function sendSignal(world: ApiWorld, signal: string | number, target: Target): Promise<JlistEntry[]> {
  await carryOut(world, { action: 'signal', targets: [String(target)], signal: nameOf(signal) });
  return listEntries(world);
}

/** `USR2`, `SIGUSR2` and 12 are the same. */
function nameOf(signal: string | number): string {
  const named = Object.entries(os.constants.signals).find(([, number]) => number === Number(signal))?.[0];
  if (named !== undefined) return named;
  const name = String(signal).toUpperCase();
  return name.startsWith('SIG') ? name : `SIG${name}`;
}

async function variablesOf(world: ApiWorld, target: Target): Promise<Record<string, string>> {
  const { apps } = await inPm2Words(() => world.client().apps({ targets: [String(target)], full: true }));
  const [app] = apps;
  const instance = app?.instances[0];
  return app?.spec === undefined || instance === undefined ? {} : { ...app.spec.env, ...instanceVariables(app.spec, instance) };
}

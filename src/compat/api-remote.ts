// `pm2.Client`, and what `rpc.sock` answers: what programs call of PM2's daemon past its API, by the daemon's own names for things. It is the same API underneath.
import { HoldfastError } from '../model/errors.ts';
import { callable } from './api-call.ts';
import { profileInto, reportOf } from './api-daemon.ts';
import type { ProfileWish } from './api-daemon.ts';
import { prepareApp } from './api-prepare.ts';
import { carryOut, listEntries } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';
import type {
  AbsentMethods,
  ActionRequest,
  DataPacket,
  Methods,
  Pm2,
  ProcessDescription,
  RemoteClient,
  Success,
  Target,
} from './pm2-types.ts';

/** The methods of the API, those that are absent among them. */
export type AllMethods = Methods & Pick<Pm2, AbsentMethods>;

/** What the names stand for; `given` is the one argument of each. */
type Calls<First> = Readonly<Record<string, (first: First, given: never) => Promise<unknown>>>;

/** A process, by its id or by an object with it. */
type Process = Target | { readonly id: Target };

/** Our daemon tells these things itself. */
const nothing = (): Promise<object> => Promise.resolve({});

/** What the API can do under another name. */
const OF_THE_API: Calls<AllMethods> = {
  getMonitorData: (pm2) => pm2.list(),
  getVersion: (pm2) => pm2.getVersion(),
  ping: (pm2) => pm2.ping(),
  killMe: (pm2) => pm2.kill(),
  reloadLogs: (pm2) => pm2.reloadLogs(),
  startProcessId: (pm2, process: Process) => changed(pm2, process, (id, { pm2_env: { status } }) => startStopped(pm2, id, status)),
  stopProcessId: (pm2, process: Process) => changed(pm2, process, (id) => pm2.stop(id)),
  restartProcessId: (pm2, process: Process) => changed(pm2, process, (id) => pm2.restart(id)),
  reloadProcessId: (pm2, process: Process) => changed(pm2, process, (id) => pm2.reload(id)),
  softReloadProcessId: (pm2, process: Process) => changed(pm2, process, (id) => pm2.reload(id)),
  deleteProcessId: (pm2, process: Process) => changed(pm2, process, (id) => pm2.delete(id)),
  resetMetaProcessId: async (pm2, process: Process) => [await changed(pm2, process, (id) => pm2.reset(id))],
  duplicateProcessId: (pm2, process: Process) => duplicate(pm2, process),
  sendSignalToProcessId: async (pm2, { process_id: process, signal }: { process_id: Target; signal: string }) => [
    await changed(pm2, process, (id) => pm2.sendSignalToProcessId(signal, id)),
  ],
  sendSignalToProcessName: (pm2, { process_name: name, signal }: { process_name: Target; signal: string }) =>
    pm2.sendSignalToProcessName(signal, name),
  // Here the line comes with its end, whatever that is.
  sendLineToStdin: (pm2, { pm_id: id, line }: { pm_id: Target; line: string }) =>
    line.endsWith('\n') ? pm2.sendLineToStdin(id, line.slice(0, -1)) : pm2.sendLineToStdin(id, line, ''),
  sendDataToProcessId: (pm2, packet: DataPacket) => pm2.sendDataToProcessId(packet),
  msgProcess: (pm2, request: ActionRequest) => pm2.msgProcess(request),
  // It comes before a stop or a delete, with which the watching ends by itself.
  stopWatch: () => Promise.resolve({ success: true }),
  notifyByProcessId: nothing,
  notifyKillPM2: nothing,
  monitor: (pm2) => pm2.monitorState(),
  unmonitor: (pm2) => pm2.monitorState(),
};

/** What it cannot. */
const OF_THE_WORLD: Calls<ApiWorld> = {
  getSystemData: (world) => world.machine(),
  prepare: prepareApp,
  startWatch: (world, process: Process) => switchWatch(world, process, 'on'),
  toggleWatch: (world, process: Process) => switchWatch(world, process, 'toggle'),
  profileCPU: (world, wish: ProfileWish) => profileInto(world, 'cpu', wish),
  profileMEM: (world, wish: ProfileWish) => profileInto(world, 'mem', wish),
  getReport: reportOf,
};

/** Of the arguments of a call the one that counts. Before a process PM2 takes the name of a call that is to follow: `startWatch('restartProcessId', { id: 0 })`. */
export function argumentOf(method: string, args: readonly unknown[]): unknown {
  return /^(?:start|toggle)Watch$/.test(method) && args.length > 1 ? args[1] : args[0];
}

/** The names of all calls. */
export const REMOTE_CALLS: readonly string[] = [...Object.keys(OF_THE_API), ...Object.keys(OF_THE_WORLD)];

/** The client for one manager; `launchBus` and `close` are those of the API. */
export function createRemoteClient(
  world: ApiWorld,
  methods: AllMethods,
  { launchBus, close }: Pick<RemoteClient, 'launchBus' | 'close'>,
): RemoteClient {
  const executeRemote = (method: string, given: unknown): Promise<unknown> => {
    if (Object.hasOwn(OF_THE_API, method)) return OF_THE_API[method]!(methods, given as never);
    if (Object.hasOwn(OF_THE_WORLD, method)) return OF_THE_WORLD[method]!(world, given as never);
    throw new HoldfastError('USAGE', `Cannot call ${method} of the daemon: there is no such call here.`, {
      hint: 'docs/reference/api.md, or createClient()',
    });
  };
  return { executeRemote: callable(executeRemote) as RemoteClient['executeRemote'], launchBus, close };
}

/** Does it to a process that is in the list, and answers with what the list says of it afterwards. An id is a number: a name, a file or `all` is refused. */
async function changed(
  pm2: Methods,
  process: Process,
  act: (id: number, entry: ProcessDescription) => Promise<unknown>,
): Promise<ProcessDescription> {
  const entry = await find(pm2, process);
  await act(entry.pm_id, entry);
  const after = (await pm2.list()).find(({ pm_id: id }) => id === entry.pm_id);
  return after ?? { ...entry, pid: 0, pm2_env: { ...entry.pm2_env, status: 'stopped' } };
}

async function find(pm2: Methods, process: Process): Promise<ProcessDescription> {
  return pick(await pm2.list(), process);
}

function pick<Entry extends Pick<ProcessDescription, 'pm_id' | 'name'> & { readonly pm2_env: { readonly namespace: string } }>(
  list: readonly Entry[],
  process: Process,
): Entry {
  const word = String(typeof process === 'object' ? process?.id : process);
  const entry = /^\d+$/.test(word) ? list.find(({ pm_id: id }) => id === Number(word)) : undefined;
  if (entry === undefined) throw new HoldfastError('TARGET_NOT_FOUND', `${word} id unknown`, { hint: 'holdfast ls' });
  // A target is a name before it is an id.
  const id = String(entry.pm_id);
  const isTaken = list.some((other) => other !== entry && [other.name, other.pm2_env.namespace].includes(id));
  if (isTaken) throw new HoldfastError('USAGE', `Cannot name the process ${id} by its id: an app or a namespace is called so.`);
  return entry;
}

function startStopped(pm2: Methods, id: number, status: string): Promise<unknown> {
  if (status === 'online') throw new HoldfastError('NOTHING_TO_DO', 'process already online');
  return pm2.start(String(id));
}

/** Of the whole app; its processes run on. */
async function switchWatch(world: ApiWorld, process: Process, to: 'on' | 'toggle'): Promise<Success> {
  const { name } = pick(await listEntries(world), process);
  await carryOut(world, { action: 'watch', targets: [name], to });
  return { success: true };
}

/** Answers with the process that has come. */
async function duplicate(pm2: Methods, process: Process): Promise<ProcessDescription | undefined> {
  const { name } = await find(pm2, process);
  const known = (await pm2.list()).map(({ pm_id: id }) => id);
  await pm2.scale(name, '+1');
  return (await pm2.list()).find((entry) => entry.name === name && !known.includes(entry.pm_id));
}

// `pm2.Client`: what programs call of PM2's daemon past its API, by the daemon's own names for things. It is the same API underneath.
import os from 'node:os';
import { HoldfastError } from '../model/errors.ts';
import { callable } from './api-call.ts';
import type { ActionRequest, DataPacket, Methods, RemoteClient, Target } from './pm2-types.ts';

/** What the names stand for; `given` is the one argument of each. */
type Calls = Readonly<Record<string, (methods: Methods, given: never) => Promise<unknown>>>;

interface OfProcess {
  readonly id: Target;
}

const one = async (answer: Promise<readonly unknown[]>): Promise<unknown> => (await answer)[0];
/** Our daemon tells these things itself. */
const nothing = (): Promise<object> => Promise.resolve({});

const CALLS: Calls = {
  getMonitorData: (pm2) => pm2.list(),
  getSystemData: async () => ({ 'RAM Total': figure(os.totalmem()), 'RAM Available': figure(os.freemem()) }),
  getVersion: (pm2) => pm2.getVersion(),
  ping: (pm2) => pm2.ping(),
  killMe: (pm2) => pm2.kill(),
  reloadLogs: (pm2) => pm2.reloadLogs(),
  startProcessId: (pm2, id: Target) => one(pm2.start(String(id))),
  stopProcessId: (pm2, id: Target) => one(pm2.stop(id)),
  deleteProcessId: (pm2, id: Target) => one(pm2.delete(id)),
  resetMetaProcessId: async (pm2, id: Target) => pm2.reset(id).then(() => pm2.describe(id)),
  restartProcessId: (pm2, { id }: OfProcess) => one(pm2.restart(id)),
  reloadProcessId: (pm2, { id }: OfProcess) => one(pm2.reload(id)),
  softReloadProcessId: (pm2, { id }: OfProcess) => one(pm2.reload(id)),
  sendSignalToProcessId: (pm2, { process_id: id, signal }: { process_id: Target; signal: string }) => pm2.sendSignalToProcessId(signal, id),
  sendSignalToProcessName: (pm2, { process_name: name, signal }: { process_name: Target; signal: string }) =>
    pm2.sendSignalToProcessName(signal, name),
  // Here the line comes with its end, whatever that is.
  sendLineToStdin: (pm2, { pm_id: id, line }: { pm_id: Target; line: string }) =>
    line.endsWith('\n') ? pm2.sendLineToStdin(id, line.slice(0, -1)) : pm2.sendLineToStdin(id, line, ''),
  sendDataToProcessId: (pm2, packet: DataPacket) => pm2.sendDataToProcessId(packet),
  msgProcess: (pm2, request: ActionRequest) => pm2.msgProcess(request),
  notifyByProcessId: nothing,
  notifyKillPM2: nothing,
};

/** The client; `launchBus` and `close` are those of the API. */
export function createRemoteClient(methods: Methods, { launchBus, close }: Pick<RemoteClient, 'launchBus' | 'close'>): RemoteClient {
  const executeRemote = (method: string, given: unknown): Promise<unknown> => {
    const call = Object.hasOwn(CALLS, method) ? CALLS[method] : undefined;
    if (call !== undefined) return call(methods, given as never);
    throw new HoldfastError('USAGE', `Cannot call ${method} of the daemon: there is no such call here.`, {
      hint: 'docs/reference/api.md, or createClient()',
    });
  };
  return { executeRemote: callable(executeRemote) as RemoteClient['executeRemote'], launchBus, close };
}

function figure(bytes: number): { value: number; unit: string } {
  return { value: Math.round(bytes / 2 ** 20), unit: 'MB' };
}

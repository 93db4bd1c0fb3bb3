// Tells every host to go on in the log files that their paths name now. The daemon's own log needs no telling: it is opened for each line.
import type { ReopenReply } from '../model/view.ts';
import type { DaemonContext } from './context.ts';

/** Resolves when all have heard it; rejects with the first that does not answer. */
export async function reopenLogs({ hosts }: Pick<DaemonContext, 'hosts'>): Promise<ReopenReply> {
  const told = await Promise.all(hosts.all().map((link) => link.request({ type: 'reopen' }).then(() => link.name)));
  return { hosts: told };
}

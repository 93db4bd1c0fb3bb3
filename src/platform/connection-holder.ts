// Whose a TCP connection to this machine is: of several processes that share a port the kernel picks one. Linux only.
import { linkTo, printPort, socketLinksOfTree, tcpRowsWith } from './tcp-table.ts';

/** The inode column of a connection that no process has accepted yet. */
const NO_INODE = '0';

/** Whether `pid` or a descendant has accepted the connection to `port` that comes from the port `from`; null while nobody has, or where it is gone. */
export function holdsConnection(pid: number, { port, from }: { readonly port: number; readonly from: number }): boolean | null {
  const [local, remote] = [printPort(port), printPort(from)];
  const found = tcpRowsWith(`:${remote} `).find((row) => row.local[1] === local && row.remote[1] === remote);
  if (found === undefined || found.inode === NO_INODE) return null;
  return socketLinksOfTree(pid).has(linkTo(found.inode));
}

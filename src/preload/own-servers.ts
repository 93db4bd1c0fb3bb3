// Fork mode: the servers with which the app itself listens, so that an instance that leaves can finish what they have accepted.
import { DEFAULT_BACKLOG } from '../model/preload-protocol.ts';
import { followConnections } from './connections.ts';
import type { Connections } from './connections.ts';
import { bindHere, passOwner } from './node-internals.ts';
import type { ClusterServer, RawHandle, ServerQuery } from './node-internals.ts';
import { createStandIn } from './stand-in.ts';

export interface OwnServers {
  /** It listens, and has got no connection yet. */
  add(server: ClusterServer): void;
  /** Refuses new connections from soon on, then calls back with those that are open. The app sees servers that listen, until it closes them itself. */
  leave(left: (servers: readonly Connections[]) => void): void;
  /** Listens again where it has left. A place that another process has taken since is that one's. */
  comeBack(): void;
}

export function createOwnServers(): OwnServers {
  const followed = new WeakMap<ClusterServer, Connections>();
  const open = new Map<ClusterServer, Connections>();
  let leaving: NodeJS.Immediate | undefined;
  let ways: (() => void)[] = [];
  return {
    add(server) {
      const connections = followed.get(server) ?? followConnections(server);
      followed.set(server, connections);
      open.set(server, connections);
      // Emitted when the last connection of a closed server has ended.
      server.once('close', () => open.delete(server));
    },
    leave(left) {
      // What waits in the queues is accepted before immediates run (Node: "The Node.js event loop", poll before check), and a queue that is closed is reset.
      leaving = setImmediate(() => {
        ways = ways.concat([...open.keys()].flatMap((server) => stopAccepting(server) ?? []));
        left([...open.values()]);
      });
    },
    comeBack() {
      clearImmediate(leaving);
      for (const way of ways) way();
      ways = [];
    },
  };
}

/** Returns the way back; null where it does not listen on a socket. */
function stopAccepting(server: ClusterServer): (() => void) | null {
  const handle = server._handle;
  if (!handle || !isSocket(handle)) return null;
  const query = placeOf(server);
  const sockname = {};
  const isNamed = handle.getsockname?.(sockname) === 0;
  const standIn = createStandIn({ sockname: isNamed ? sockname : null, closed() {}, referenced() {} });
  if (handle.hasRef?.() === false) standIn.unref();
  server._handle = standIn;
  handle.close();
  return () => {
    // The app may have closed it meanwhile.
    if (query === null || server._handle !== standIn) return;
    const bound = bindHere(query);
    if (typeof bound === 'number') return;
    passOwner(handle, bound);
    if (bound.listen!(DEFAULT_BACKLOG) !== 0) return bound.close();
    if (!standIn.hasRef()) bound.unref?.();
    server._handle = bound;
    standIn.close();
  };
}

/** What it would take to listen there. */
function placeOf(server: ClusterServer): ServerQuery | null {
  const at = server.address?.() ?? null;
  if (at === null) return null;
  if (typeof at === 'string') return { address: at, port: -1, addressType: -1 };
  return { address: at.address, port: at.port, addressType: at.family === 'IPv6' ? 6 : 4 };
}

/** Not a stand-in of an earlier time. */
function isSocket(handle: RawHandle): boolean {
  return typeof (handle as { readonly fd?: unknown }).fd === 'number';
}

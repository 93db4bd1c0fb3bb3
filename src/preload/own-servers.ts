// Fork mode: the servers with which the app itself listens, so that an instance that leaves can finish what they have accepted.
import { followConnections } from './connections.ts';
import type { Connections } from './connections.ts';
import type { ClusterServer, RawHandle } from './node-internals.ts';
import { createStandIn } from './stand-in.ts';

export interface OwnServers {
  /** It listens, and has got no connection yet. */
  add(server: ClusterServer): void;
  /** Refuses new connections from soon on, then calls back with those that are open. The app sees servers that listen, until it closes them itself. */
  leave(left: (servers: readonly Connections[]) => void): void;
}

export function createOwnServers(): OwnServers {
  const followed = new WeakMap<ClusterServer, Connections>();
  const open = new Map<ClusterServer, Connections>();
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
      setImmediate(() => {
        for (const server of open.keys()) stopAccepting(server);
        left([...open.values()]);
      });
    },
  };
}

function stopAccepting(server: ClusterServer): void {
  const handle = server._handle;
  if (!handle || !isSocket(handle)) return;
  const sockname = {};
  const isNamed = handle.getsockname?.(sockname) === 0;
  const standIn = createStandIn({ sockname: isNamed ? sockname : null, closed() {}, referenced() {} });
  if (handle.hasRef?.() === false) standIn.unref();
  server._handle = standIn;
  handle.close();
}

/** Not a stand-in of an earlier time. */
function isSocket(handle: RawHandle): boolean {
  return typeof (handle as { readonly fd?: unknown }).fd === 'number';
}

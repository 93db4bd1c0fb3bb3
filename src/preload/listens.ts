// Tells the supervisor of the servers of an app in fork mode. It only watches: where Node does not tell, nobody is told.
import { subscribe } from 'node:diagnostics_channel';
import type net from 'node:net';
import type { Channel } from './channel.ts';
import type { ClusterServer } from './node-internals.ts';

interface Listening {
  readonly server: net.Server;
  readonly options?: { readonly reusePort?: boolean };
}

/** By Node's own channels (Node: diagnostics_channel, "tracing:net.server.listen", in 20.20, 22, 24 and 26). */
export function reportListening(channel: Channel, listens: (server: ClusterServer) => void): void {
  const sharing = new WeakSet<net.Server>();
  subscribe('tracing:net.server.listen:asyncStart', (message) => {
    const { server, options } = message as Listening;
    if (options?.reusePort === true && knowsReusePort()) sharing.add(server);
    else sharing.delete(server);
  });
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { server } = message as Listening;
    listens(server);
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : null;
    channel.say({ act: 'listens', port, reusesPort: sharing.has(server) });
  });
}

/** Older ones take the option without a word and without effect (Node: net, "server.listen", `reusePort`: 22.12 and 23.1). */
function knowsReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

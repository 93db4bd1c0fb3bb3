// Keeps a server from closing connections on which a request waits. A loop that was blocked runs its timers before it reads what has come meanwhile.
import type { EventEmitter } from 'node:events';
import type { ClusterServer } from './node-internals.ts';

interface TimedSocket {
  readonly bytesRead: number;
  /** The answer under way. */
  readonly _httpMessage?: EventEmitter | null;
  readonly parser?: { readonly incoming?: (EventEmitter & { readonly complete: boolean }) | null } | null;
  destroy(): void;
}

/**
 * An HTTP server closes a connection that was idle for `keepAliveTimeout` (Node: lib/_http_server.js, socketOnTimeout), unless somebody listens for it.
 * After a block of that length every idle connection is closed in one go, those with a request in their buffer by a reset. So they are read first.
 */
export function readBeforeTimeouts(server: ClusterServer): void {
  // HTTP/1 servers only: HTTP/2 has sessions, and others close nothing by themselves.
  if (!('keepAliveTimeout' in server) || 'updateSettings' in server) return;
  server.on('timeout', (socket: TimedSocket) => {
    if (isAppsBusiness(server, socket)) return;
    const { bytesRead } = socket;
    setImmediate(() => {
      if (socket.bytesRead === bytesRead) socket.destroy();
    });
  });
}

/** Whoever listens for it, on the server, the request or the answer, decides, as without us. */
function isAppsBusiness(server: ClusterServer, { _httpMessage: answer, parser }: TimedSocket): boolean {
  const request = parser?.incoming;
  const isHeardByRequest = request?.complete === false && request.listenerCount('timeout') > 0;
  return server.listenerCount('timeout') > 1 || isHeardByRequest || (answer?.listenerCount('timeout') ?? 0) > 0;
}

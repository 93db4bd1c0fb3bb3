// The open connections of a server, so that a drain can see which of them are at work. Nothing is done about them here.
import { activeHandles, openStreamsOf, socketOfSession } from './node-internals.ts';
import type { ClusterServer, Connection, Session } from './node-internals.ts';
import { followWebSockets } from './web-sockets.ts';
import type { WebSockets } from './web-sockets.ts';

/**
 * `busy`: a request is under way. `idle`: HTTP between requests.
 * `open`: something of which only the ends know whether it is at work: a WebSocket, a tunnel, plain TCP.
 */
export type Activity = 'busy' | 'idle' | 'open';

export interface OpenConnection {
  readonly connection: Connection;
  readonly activity: Activity;
  /** HTTP/2 alone. */
  readonly session: Session | null;
  readonly webSockets: WebSockets;
}

export interface Connections {
  /** The server answers HTTP/1, perhaps among others; `node:http` is loaded then. */
  readonly speaksHttp: boolean;
  /** Looked up among all handles of the process: rare and slow, where a list kept up to date would cost every connection something. */
  open(): OpenConnection[];
}

/** Must be called before the server gets its first connection. */
export function followConnections(server: ClusterServer): Connections {
  const secured = new WeakMap<object, Connection>();
  const sessions = new WeakMap<object, Session>();
  const webSockets = followWebSockets(server);
  server.on('secureConnection', (secure: Connection) => {
    if (secure._parent !== undefined) secured.set(secure._parent, secure);
  });
  server.on('session', (session: Session) => {
    const connection = socketOfSession(session);
    if (connection !== null) sessions.set(connection, session);
  });
  const isSecure = 'setSecureContext' in server;

  function look(handle: Connection): OpenConnection {
    const connection = isSecure ? secured.get(handle) : handle;
    // A handshake that does not come to its end is nothing to wait for.
    if (connection === undefined) return { connection: handle, activity: 'idle', session: null, webSockets };
    const session = sessions.get(connection) ?? null;
    return { connection, activity: activityOf(connection, session), session, webSockets };
  }

  return {
    // http and https servers have the first, http2 servers (which may fall back to HTTP/1) the second.
    speaksHttp: 'closeIdleConnections' in server || 'updateSettings' in server,
    open: () =>
      activeHandles()
        .filter((handle) => isOf(server, handle))
        .map((handle) => look(handle as Connection)),
  };
}

function activityOf(connection: Connection, session: Session | null): Activity {
  if (session !== null) return openStreamsOf(session) > 0 ? 'busy' : 'idle';
  if (!connection.parser) return 'open';
  return connection._httpMessage ? 'busy' : 'idle';
}

function isOf(server: ClusterServer, handle: object): boolean {
  return (handle as { readonly _server?: unknown })._server === server;
}

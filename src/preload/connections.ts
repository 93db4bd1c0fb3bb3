// The open connections of a server, so that a drain can see which of them are at work. Nothing is done about them here.
import { activeHandles } from './node-internals.ts';
import type { ClusterServer } from './node-internals.ts';

/** A `net.Socket` or `tls.TLSSocket`, with what Node's HTTP server keeps on it. */
export interface Connection extends NodeJS.EventEmitter {
  /** The response under way (Node: lib/_http_server.js, lib/_http_outgoing.js: assignSocket, detachSocket). */
  readonly _httpMessage?: object | null;
  /** HTTP/1 is spoken here; null again after an upgrade. */
  readonly parser?: object | null;
  readonly alpnProtocol?: string | false | null;
  readonly bytesRead: number;
  /** TLS: the socket underneath. */
  readonly _parent?: Connection;
  destroySoon(): void;
  destroy(): void;
}

/** A `http2.ServerHttp2Session`. */
export interface Session extends NodeJS.EventEmitter {
  readonly destroyed: boolean;
  goaway(code: number, lastStreamId: number): void;
  close(): void;
}

/** `busy`: a response is under way. `idle`: HTTP/1 between requests. `open`: something of which only the ends know whether it is at work. */
export type Activity = 'busy' | 'idle' | 'open';

export interface OpenConnection {
  readonly connection: Connection;
  readonly activity: Activity;
}

export interface Connections {
  /** The server answers HTTP/1, perhaps among others; `node:http` is loaded then. */
  readonly speaksHttp: boolean;
  /** Looked up among all handles of the process: rare and slow, where a list kept up to date would cost every connection something. */
  open(): OpenConnection[];
  sessions(): Session[];
}

/** Must be called before the server gets its first connection. */
export function followConnections(server: ClusterServer): Connections {
  const secured = new WeakMap<object, Connection>();
  const sessions = new Set<Session>();
  server.on('secureConnection', (secure: Connection) => {
    if (secure._parent !== undefined) secured.set(secure._parent, secure);
  });
  server.on('session', (session: Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  const isSecure = 'setSecureContext' in server;
  function look(handle: Connection): OpenConnection {
    const connection = isSecure ? secured.get(handle) : handle;
    // A handshake that does not come to its end is nothing to wait for.
    return connection === undefined ? { connection: handle, activity: 'idle' } : { connection, activity: activityOf(connection) };
  }
  return {
    // http and https servers have the first, http2 servers (which may fall back to HTTP/1) the second.
    speaksHttp: 'closeIdleConnections' in server || 'updateSettings' in server,
    open: () =>
      activeHandles()
        .filter((handle) => isOf(server, handle))
        .map((handle) => look(handle as Connection)),
    sessions: () => [...sessions],
  };
}

function isOf(server: ClusterServer, handle: object): boolean {
  return (handle as { readonly _server?: unknown })._server === server;
}

function activityOf(connection: Connection): Activity {
  if (connection.alpnProtocol === 'h2' || !connection.parser) return 'open';
  return connection._httpMessage ? 'busy' : 'idle';
}

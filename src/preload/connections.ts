// The open connections of a server, so that a drain can see which of them are at work. Nothing is done about them here.
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

export interface Connections {
  /** The server answers HTTP/1, perhaps among others; `node:http` is loaded then. */
  readonly speaksHttp: boolean;
  open(): Connection[];
  sessions(): Session[];
}

/** Must be called before the server gets its first connection. */
export function followConnections(server: ClusterServer): Connections {
  const open = new Map<Connection, Connection>();
  const sessions = new Set<Session>();
  server.prependListener('connection', (connection: Connection) => {
    open.set(connection, connection);
    connection.once('close', () => open.delete(connection));
  });
  server.on('secureConnection', (secure: Connection) => {
    const below = secure._parent;
    if (below === undefined || !open.has(below)) return;
    open.set(below, secure);
    secure.once('close', () => open.delete(below));
  });
  server.on('session', (session: Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  // http and https servers have the first, http2 servers (which may fall back to HTTP/1) the second.
  const speaksHttp = 'closeIdleConnections' in server || 'updateSettings' in server;
  return { speaksHttp, open: () => [...open.values()], sessions: () => [...sessions] };
}

/** `busy`: a response is under way. `idle`: HTTP/1 between requests. `open`: something of which only the ends know whether it is at work. */
export function activityOf(connection: Connection): 'busy' | 'idle' | 'open' {
  if (connection.alpnProtocol === 'h2' || !connection.parser) return 'open';
  return connection._httpMessage ? 'busy' : 'idle';
}

// Tells WebSocket clients to go away, so that they come back to the next instance, instead of being cut off. Speaks for any implementation.
import type http from 'node:http';
import type { Ms } from '../model/units.ts';
import { bySymbol } from './node-internals.ts';
import type { ClusterServer, Connection } from './node-internals.ts';

/** IANA, WebSocket Close Code Number Registry: "Service Restart". */
const SERVICE_RESTART = 1012;

/** RFC 6455, 5.5.1: the last fragment, opcode 8, two bytes that a server does not mask: the code. */
const CLOSE_FRAME = Uint8Array.of(0x88, 2, SERVICE_RESTART >> 8, SERVICE_RESTART & 255);

export interface WebSockets {
  /**
   * True if the client has been told now. To be asked again until then: where a frame of ours has to be put between those of the app,
   * it waits until nothing was sent for `quietMs`.
   */
  tell(connection: Connection, nowMs: Ms, quietMs: Ms): boolean;
  /** There is no time left: the same without waiting, and the end of the connection behind it. True if it was told. */
  tellLast(connection: Connection): boolean;
}

interface Upgraded {
  /** What had been written before the handshake was answered. */
  readonly beforeBytes: number;
  bytesWritten: number;
  quietSinceMs: Ms;
}

/** A `WebSocket` of the ws package. */
interface WsSocket {
  readonly readyState: number;
  close(code: number): void;
}

const WS_OPEN = 1;

/** Must be called before the server gets its first connection. */
export function followWebSockets(server: ClusterServer): WebSockets {
  const upgraded = new WeakMap<object, Upgraded>();
  const told = new WeakSet<object>();
  onUpgrade(server, (connection) => {
    const { bytesWritten } = connection;
    upgraded.set(connection, { beforeBytes: bytesWritten, bytesWritten, quietSinceMs: Infinity });
  });

  function isOpen(connection: Connection): boolean {
    const state = upgraded.get(connection);
    return state !== undefined && connection.writable && connection.bytesWritten > state.beforeBytes;
  }

  /** Between two frames: who passes frames on in pieces (a proxy) does not let the next piece wait for long. */
  function isQuiet(connection: Connection, nowMs: Ms, quietMs: Ms): boolean {
    const state = upgraded.get(connection)!;
    if (connection.bytesWritten !== state.bytesWritten) {
      state.bytesWritten = connection.bytesWritten;
      state.quietSinceMs = nowMs;
    }
    return connection.writableLength === 0 && nowMs - state.quietSinceMs >= quietMs;
  }

  function sayClose(connection: Connection): true {
    told.add(connection);
    connection.write(CLOSE_FRAME);
    return true;
  }

  return {
    tell(connection, nowMs, quietMs) {
      if (told.has(connection)) return false;
      const socket = wsSocketOf(connection);
      if (socket === null) return isOpen(connection) && isQuiet(connection, nowMs, quietMs) && sayClose(connection);
      if (socket.readyState !== WS_OPEN) return false;
      told.add(connection);
      // The package knows what it has yet to send, and ends the connection when the client has answered.
      socket.close(SERVICE_RESTART);
      return true;
    },
    tellLast(connection) {
      if (told.has(connection) || !isOpen(connection)) return false;
      sayClose(connection);
      connection.end();
      return true;
    },
  };
}

/** Found by the mark that the package leaves on its sockets (ws: lib/websocket.js, setSocket), wherever it was loaded or bundled from. */
function wsSocketOf(connection: Connection): WsSocket | null {
  const socket = bySymbol(connection, 'websocket') as Partial<WsSocket> | null;
  return typeof socket?.close === 'function' && typeof socket.readyState === 'number' ? (socket as WsSocket) : null;
}

/** Listens only beside the app's own listeners: a server without any answers an upgrade as a plain request (Node: http, event 'upgrade'). */
function onUpgrade(server: ClusterServer, found: (connection: Connection) => void): void {
  let isListening = false;
  const listener = ({ headers }: http.IncomingMessage, connection: Connection): void => {
    if (headers.upgrade?.toLowerCase() === 'websocket') found(connection);
  };
  const begin = (name: string | symbol): void => {
    if (name !== 'upgrade' || isListening) return;
    isListening = true;
    server.prependListener('upgrade', listener);
  };
  server.on('newListener', begin);
  server.on('removeListener', (name: string | symbol, removed: unknown) => {
    if (name !== 'upgrade') return;
    if (removed === listener) isListening = false;
    else if (server.listenerCount('upgrade') === 1) server.removeListener('upgrade', listener);
  });
  if (server.listenerCount('upgrade') > 0) begin('upgrade');
}

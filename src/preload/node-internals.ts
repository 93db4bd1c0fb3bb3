// The undocumented parts of Node that the preload stands on, typed. The only file that knows their names. Checked with Node 20, 22, 24 and 26.
import cluster from 'node:cluster';
import type http from 'node:http';
import net from 'node:net';

/** A raw handle of a connection or socket (Node: TCP, Pipe and UDP wraps). */
export interface RawHandle {
  /** The descriptor; negative when it is closed. */
  readonly fd?: number;
  close(done?: () => void): void;
  /** Closes with RST; pipes have none. */
  reset?(done?: () => void): number;
  listen?(backlog: number): number;
  /** A socket that listens is watched by libuv as a stream is: these two start and stop accepting (libuv: src/unix/stream.c, uv_read_start, uv_read_stop). */
  readStart?(): number;
  readStop?(): number;
  ref?(): void;
  unref?(): void;
  hasRef?(): boolean;
  getsockname?(out: object): number;
  onconnection?: (error: number, connection?: RawHandle) => void;
}

/** What `listen` asks the primary for (Node: lib/net.js, listenInCluster; lib/dgram.js, bindServerHandle). */
export interface ServerQuery {
  readonly address?: string | null;
  readonly port?: number | null;
  readonly addressType?: number | string | null;
  readonly fd?: number | null;
  readonly flags?: number | null;
  readonly backlog?: number | null;
  readonly readableAll?: boolean;
  readonly writableAll?: boolean;
}

/** A `net.Server` or, for datagrams, a `dgram.Socket`, as cluster sees it. */
export interface ClusterServer extends NodeJS.EventEmitter {
  maxConnections?: number;
  dropMaxConnection?: boolean;
  /** How many connections are open. */
  _connections?: number;
  /** What it listens with; null when it does not. */
  _handle?: RawHandle | null;
  _getServerData?(): unknown;
  _setServerData?(shared: unknown): void;
  close(done?: () => void): unknown;
  address?(): net.AddressInfo | string | null;
}

/** Called back with libuv's error number (negative) or with the handle to listen on. The handle is closed when `listen` was given up meanwhile. */
export type ServerAnswer = (errno: number, handle: RawHandle) => void;

interface ClusterInternals {
  _getServer: (server: ClusterServer, query: ServerQuery, answer: ServerAnswer) => void;
}

/** Puts `getServer` in the place of the one function by which `listen` asks the primary for a socket in a cluster worker. */
export function answerListen(getServer: ClusterInternals['_getServer']): void {
  (cluster as unknown as ClusterInternals)._getServer = getServer;
}

type CreateServerHandle = (
  address: string | null,
  port: number | null,
  type: number | string | null,
  fd: number,
  flags: number,
) => number | RawHandle;

/** Binds in this process, as Node does without cluster. A number is libuv's error. */
export function bindHere({ address, port, addressType, fd, flags }: ServerQuery): number | RawHandle {
  const create = (net as unknown as { _createServerHandle: CreateServerHandle })._createServerHandle;
  return create(address ?? null, port ?? null, addressType ?? null, fd ?? -1, flags ?? 0);
}

/** Lets a server that accepted from one socket accept from another (Node: lib/net.js, setupListenHandle). */
export function passOwner(from: RawHandle, to: RawHandle): void {
  to.onconnection = from.onconnection!;
  const symbol = Object.getOwnPropertySymbols(from).find(({ description }) => description === 'owner_symbol');
  if (symbol !== undefined) Object.assign(to, { [symbol]: (from as unknown as Record<symbol, unknown>)[symbol] });
}

/** Node's IPC pipe (lib/internal/child_process.js, setupChannel). `onread` gets undefined when the other end has gone. */
export interface RawChannel {
  onread: (chunk?: ArrayBuffer) => unknown;
  /** A message is there in part. */
  buffering: boolean;
  /** The handle that came with the chunk being read. */
  pendingHandle: RawHandle | null;
  /** Returns libuv's error number. */
  readStart(): number;
  /** It keeps the process alive: the app listens for messages (lib/internal/child_process.js, Control). */
  hasRef(): boolean;
  /** Returns libuv's error number. */
  writeUtf8String(request: object, text: string, handle?: object): number;
}

/** A socket over which handles can travel as over the IPC channel, and what writes a line with one; the class of requests as `learnWriteRequest` finds it. */
export interface Carrier {
  readonly socket: net.Socket;
  /** False where nothing can be written. */
  send(line: string, handle: RawHandle): boolean;
}

/** `UV_NAMED_PIPE` with ipc set (Node: src/pipe_wrap.h, PipeWrap::IPC). */
const IPC = 2;

/** Not connected yet. Its pipe is of the class of the IPC channel's, which Node does not export. */
export function createCarrier(channel: RawChannel, Request: new () => object): Carrier {
  const Pipe = channel.constructor as new (type: number) => RawChannel;
  const pipe = new Pipe(IPC);
  // Not read from before it is connected (Node: lib/net.js, Socket and afterConnect).
  const socket = new net.Socket({ handle: pipe, manualStart: true } as net.SocketConstructorOpts);
  return { socket, send: (line, handle) => pipe.writeUtf8String(new Request(), line, handle) === 0 };
}

/** Calls back with the class of write requests, which Node does not export, as soon as Node itself writes. */
export function learnWriteRequest(raw: RawChannel, learnt: (request: new () => object) => void): void {
  const write = raw.writeUtf8String;
  raw.writeUtf8String = (request, text, handle) => {
    Reflect.deleteProperty(raw, 'writeUtf8String');
    learnt(request.constructor as new () => object);
    return write.call(raw, request, text, handle);
  };
}

/** Null where this version of Node keeps it elsewhere. */
export function rawChannel(): RawChannel | null {
  return bySymbol(process, 'kChannelHandle') as RawChannel | null;
}

/** Every socket and server of this process that has not been unreferenced (Node: process._getActiveHandles, since 0.x, without a public equal). */
export function activeHandles(): object[] {
  return (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles();
}

/** A `http.ServerResponse`, with what Node keeps on it (lib/_http_outgoing.js). */
export type Response = http.ServerResponse & {
  /** The head as it is sent; null before. */
  readonly _header: string | null;
  /** There is something between head and end. */
  readonly _hasBody: boolean;
  /** The connection is closed behind it. */
  _last: boolean;
  /** The app has taken the `Connection` header away. */
  _removedConnection: boolean;
};

/** A `net.Socket` or `tls.TLSSocket`, with what Node's HTTP server keeps on it. */
export interface Connection extends NodeJS.EventEmitter {
  /** The response under way (Node: lib/_http_server.js, lib/_http_outgoing.js: assignSocket, detachSocket). */
  readonly _httpMessage?: Response | null;
  /** HTTP/1 is spoken here; null again after an upgrade. `incoming` is the latest request, which may wait behind others. */
  readonly parser?: { readonly incoming?: object | null } | null;
  readonly bytesRead: number;
  /** With what still waits to be sent. */
  readonly bytesWritten: number;
  readonly writable: boolean;
  readonly writableLength: number;
  /** TLS: the socket underneath. */
  readonly _parent?: Connection;
  write(bytes: Uint8Array): boolean;
  end(): void;
  destroySoon(): void;
  destroy(): void;
}

/** A `http2.ServerHttp2Session`. */
export interface Session {
  readonly destroyed: boolean;
  goaway(code: number, lastStreamId: number): void;
  /** Its open streams go on to their end. */
  close(): void;
}

/** The connection of a HTTP/2 session: `session.socket` is a proxy that may not be closed (Node: lib/internal/http2/core.js). */
export function socketOfSession(session: Session): object | null {
  return bySymbol(session, 'socket') as object | null;
}

/** How many streams of a HTTP/2 session are open (Node: lib/internal/http2/core.js). */
export function openStreamsOf(session: Session): number {
  return (bySymbol(session, 'state') as { readonly streams?: ReadonlyMap<number, unknown> } | null)?.streams?.size ?? 0;
}

/** What an object keeps under a symbol of its own that is not exported; null where there is none. */
export function bySymbol(object: object, name: string): unknown {
  const symbol = Object.getOwnPropertySymbols(object).find(({ description }) => description === name);
  return symbol === undefined ? null : ((object as Record<symbol, unknown>)[symbol] ?? null);
}

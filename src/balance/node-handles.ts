// The part of Node's raw handles that balancing needs, typed: listening sockets, accepted connections, datagram sockets. The only file that knows of them.
import dgram from 'node:dgram';
import net from 'node:net';
import { constants } from 'node:os';
import { DEFAULT_BACKLOG } from '../model/preload-protocol.ts';
import type { ListenRequest } from '../model/preload-protocol.ts';

/** What getsockname(2) says; empty for a Unix path. */
export interface SocketName {
  readonly address?: string;
  readonly port?: number;
  readonly family?: string;
}

/** An accepted connection of which nothing has been read (Node: TCP or Pipe wrap). Closing it here leaves the copy of another process alone. */
export interface RawConnection {
  close(): void;
  /** Closes with RST (uv_tcp_close_reset); pipes have none. */
  reset?(): number;
  getpeername?(out: SocketName): number;
}

/** A socket of the supervisor that others get copies of. */
export interface RawSocket {
  readonly fd: number;
  onconnection?: (error: number, connection: RawConnection) => void;
  listen?(backlog: number): number;
  getsockname?(out: SocketName): number;
  fchmod?(mode: number): number;
  recvStop?(): number;
  open?(fd: number): number;
  readStart?(): number;
  readStop?(): number;
  close(): void;
}

/** libuv's error number (negative), or the socket. */
export type Bound = number | RawSocket;

type CreateServerHandle = (address: string | null, port: number | null, type: number | string, fd: number, flags: number) => Bound;

const createHandle = (net as unknown as { readonly _createServerHandle: CreateServerHandle })._createServerHandle;

/** uv_pipe_chmod(3): UV_READABLE, UV_WRITABLE. */
const READABLE = 1;
const WRITABLE = 2;
/** uv_udp_bind(3). */
const UDP_IPV6ONLY = 1;
const UDP_REUSEADDR = 4;

/** Binds and listens as Node does for a server of its own: no address means `::`, and `0.0.0.0` where there is no IPv6. */
export function bindServer(request: ListenRequest): Bound {
  const bound = createHandle(request.address, request.port, request.addressType, -1, request.flags);
  if (typeof bound === 'number') return bound;
  // Only now does libuv tell an address in use.
  const mode = (request.readableAll ? READABLE : 0) | (request.writableAll ? WRITABLE : 0);
  makePausable(bound);
  const errno = (mode === 0 ? 0 : (bound.fchmod?.(mode) ?? 0)) || listenOn(bound, request);
  if (errno !== 0) bound.close();
  return errno === 0 ? bound : errno;
}

/**
 * To be called while it is not watched. Opening its own descriptor changes nothing but the flags that let libuv start and stop watching it, which a socket that
 * came from another process has anyway (libuv: src/unix/stream.c, uv__stream_open; the same in Node 20, 22, 24 and 26).
 */
function makePausable(socket: RawSocket): void {
  socket.open?.(socket.fd);
}

/** Takes connections from the kernel's queue, as a socket does that has begun to listen. */
export function startAccepting(socket: RawSocket): void {
  socket.readStart?.();
}

/**
 * Leaves connections in the kernel's queue, where they outlive this process as long as another one has a copy of the socket. Listening goes on.
 * A stream is read, and a socket accepts, while libuv watches the descriptor for input (libuv: src/unix/stream.c, uv_read_stop). Where libuv takes the whole
 * queue at once (Node 20), what has been there at that moment still comes.
 */
export function stopAccepting(socket: RawSocket): void {
  socket.readStop?.();
}

/** Opens a listening socket that this process has inherited. Nothing is accepted from it before `listen`: others may be doing that. */
export function openServer(fd: number, { addressType }: ListenRequest): Bound {
  return createHandle(null, null, addressType, fd, 0);
}

/** As Node does it: `listen` of a request. Returns libuv's error number. */
export function listenOn(socket: RawSocket, { backlog }: ListenRequest): number {
  const errno = socket.listen?.(backlog || DEFAULT_BACKLOG) ?? 0;
  if (errno === 0) startAccepting(socket);
  return errno;
}

/** Binds a datagram socket and leaves its datagrams alone: whoever has a copy of it takes them. */
export function bindDatagram(request: ListenRequest, done: (bound: Bound) => void): void {
  const { address, port } = request;
  openDatagram(request, { port: port ?? 0, ...(address === null ? {} : { address }), exclusive: true }, done);
}

/** The same for one that this process has inherited. */
export function inheritDatagram(fd: number, request: ListenRequest, done: (bound: Bound) => void): void {
  openDatagram(request, { fd, exclusive: true }, done);
}

function openDatagram(request: ListenRequest, options: dgram.BindOptions, done: (bound: Bound) => void): void {
  const { flags } = request;
  const type = request.addressType === 'udp6' ? 'udp6' : 'udp4';
  const socket = dgram.createSocket({ type, reuseAddr: (flags & UDP_REUSEADDR) !== 0, ipv6Only: (flags & UDP_IPV6ONLY) !== 0 });
  socket.once('error', (error: NodeJS.ErrnoException) => {
    socket.close();
    done(error.errno ?? -1);
  });
  socket.bind(options, () => {
    const raw = rawOf(socket);
    if (raw === null) socket.close();
    raw?.recvStop?.();
    done(raw ?? -constants.errno.ENOTSUP);
  });
}

/** `dgram.Socket` keeps its handle in a state object under a symbol (Node: lib/internal/dgram.js, kStateSymbol). */
function rawOf(socket: dgram.Socket): RawSocket | null {
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol');
  return symbol === undefined ? null : (socket as unknown as Record<symbol, { readonly handle: RawSocket }>)[symbol]!.handle;
}

/** The name of a socket; empty for a Unix path. */
export function nameOf(socket: RawSocket): SocketName {
  const name = {};
  socket.getsockname?.(name);
  return name;
}

/** The port that a connection comes from; undefined for a Unix path. */
export function peerPortOf(connection: RawConnection): number | undefined {
  const name: SocketName = {};
  connection.getpeername?.(name);
  return name.port;
}

/** The address that a connection comes from; undefined for a Unix path, and where the client is gone already. */
export function peerAddressOf(connection: RawConnection): string | undefined {
  const name: SocketName = {};
  connection.getpeername?.(name);
  return name.address;
}

/** Gives a connection up so that its client learns at once: RST where the kernel has it. */
export function resetConnection(connection: RawConnection): void {
  if (connection.reset === undefined || connection.reset() !== 0) connection.close();
}

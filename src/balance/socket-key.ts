// Which socket a `listen` is about, and how it is written for people.
import { getSystemErrorName } from 'node:util';
import type { ListenRequest } from '../model/preload-protocol.ts';
import type { SocketName } from './node-handles.ts';

/** Equal for the instances of an app that ask for the same, as in Node (lib/internal/cluster/primary.js, queryServer), and with the same flags. */
export function keyOf({ address, port, addressType, fd, index, flags }: ListenRequest): string {
  return `${address}:${port}:${addressType}:${fd}:${index}:${flags}`;
}

export function isDatagram({ addressType }: ListenRequest): boolean {
  return addressType === 'udp4' || addressType === 'udp6';
}

/** `0.0.0.0:3000`, `[::]:3000`, or a path. What the kernel says of a bound socket counts more than what was asked for. */
export function printAddress(request: ListenRequest, name: SocketName = {}): string {
  const host = name.address ?? request.address ?? '::';
  const port = name.port ?? request.port;
  if (port === null || port < 0) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `EADDRINUSE`; the bare number where libuv does not know it. */
export function errorName(errno: number): string {
  try {
    return getSystemErrorName(errno);
  } catch {
    return String(errno); // not an error of libuv
  }
}

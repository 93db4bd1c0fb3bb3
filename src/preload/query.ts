// What a server asks for when it listens, as Node's cluster would ask its primary, and as our supervisor is asked.
import type { ListenRequest } from '../model/preload-protocol.ts';
import type { ServerQuery } from './node-internals.ts';

export function isDatagram({ addressType }: ServerQuery): boolean {
  return addressType === 'udp4' || addressType === 'udp6';
}

/** Not one in the abstract namespace, which is no file (unix(7)). */
export function isPath(query: ServerQuery): query is ServerQuery & { readonly address: string } {
  return query.addressType === -1 && typeof query.address === 'string' && !query.address.startsWith('\0');
}

export function requestOf(query: ServerQuery): Omit<ListenRequest, 'id' | 'index'> {
  const { address, port, addressType, fd, flags, backlog, readableAll, writableAll } = query;
  return {
    address: address ?? null,
    port: port ?? null,
    addressType: addressType ?? 4,
    fd: fd ?? null,
    flags: flags ?? 0,
    backlog: backlog || null,
    ...(readableAll === true ? { readableAll } : {}),
    ...(writableAll === true ? { writableAll } : {}),
  };
}

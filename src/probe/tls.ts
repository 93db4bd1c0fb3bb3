// TLS for a look at an instance. A file of its own, because only those who need it load node:tls.
import type { Socket } from 'node:net';
import tls from 'node:tls';

/** Whose certificate it is does not matter: the connection is to our own instance. */
export function openTls(socket: Socket): Socket {
  return tls.connect({ socket, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
}

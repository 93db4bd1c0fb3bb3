// A TCP connection of this process with itself: one end as Node's socket, the other as a raw handle that can be handed to an instance.
import net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { bindServer, nameOf, peerPortOf } from './node-handles.ts';
import type { RawConnection, RawSocket } from './node-handles.ts';

const ADDRESS = '127.0.0.1';
const REQUEST = { id: 0, address: ADDRESS, port: 0, addressType: 4, fd: null, index: 0, flags: 0, backlog: 1 };

/**
 * Opens one. The far end is a connection like any other to who gets it: it comes from 127.0.0.1. Where that fails the socket says so as ever.
 * `arrived` is called once, unless the near end was destroyed before.
 */
export function openLoopback(arrived: (far: RawConnection) => void): net.Socket {
  const bound = bindServer(REQUEST);
  if (typeof bound === 'number') return new net.Socket().on('error', () => {}).destroy(new Error(getSystemErrorName(bound)));
  const near = net.connect(nameOf(bound).port!, ADDRESS);
  const stopWaiting = closeOnce(bound);
  // Without a listener an error would be the process's; who uses the socket listens too.
  near.on('error', stopWaiting).once('close', stopWaiting);
  bound.onconnection = (error, far) => {
    if (error !== 0) return;
    // Anybody on this machine could have been quicker.
    if (peerPortOf(far) !== near.localPort) return far.close();
    stopWaiting();
    arrived(far);
  };
  return near;
}

function closeOnce(socket: RawSocket): () => void {
  let isOpen = true;
  return () => {
    if (isOpen) socket.close();
    isOpen = false;
  };
}

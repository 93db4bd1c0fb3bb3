// One request to this process from itself, so that the code which answers requests has run before. The app's own servers have no part in it.
//
// What V8 has not run yet it compiles when it is called: a server's first answer costs 8 to 16 ms, all further ones less than one. Node's part of that
// is the same for every server of the process.
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { Ms } from '../model/units.ts';

const ADDRESS = '127.0.0.1';
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** It takes a few milliseconds, unless the process has something better to do. */
const GIVE_UP_AFTER_MS: Ms = 5000;

/** Fails silently where nothing can listen on 127.0.0.1: then the first answer takes a little longer. Does nothing where the app watches all servers of its process. */
export function warmUp(): void {
  // It would take this for a request of somebody's.
  if (channel('http.server.request.start').hasSubscribers) return;
  const server = new http.Server((request, response) => {
    response.setHeader('Content-Type', request.headers.host === undefined ? 'text/html' : 'text/plain');
    response.end('warm');
  });
  // Who watches a server without that channel wraps this method of its prototype.
  server.emit = EventEmitter.prototype.emit;
  server.on('error', end).unref();
  let near: net.Socket | null = null;
  const timer = setTimeout(end, GIVE_UP_AFTER_MS).unref();

  function end(): void {
    clearTimeout(timer);
    near?.destroy();
    server.closeAllConnections();
    server.close();
  }

  // Node's cluster module is not asked for such a socket: this one is nobody else's.
  server.listen({ host: ADDRESS, port: 0, exclusive: true }, () => {
    const { port } = server.address() as net.AddressInfo;
    near = net.connect({ host: ADDRESS, port }).on('error', end).on('close', end).unref();
    near.resume().write(REQUEST);
  });
}

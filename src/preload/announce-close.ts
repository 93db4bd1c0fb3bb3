// Makes every further HTTP/1 response say `Connection: close`, whatever the app says of the connection itself.
import type http from 'node:http';
import type { Connection, Response } from './node-internals.ts';

type StoreHeader = (this: Response, firstLine: string, headers: unknown) => void;
type Prototype = { _storeHeader: StoreHeader };

/** `answered` is called for the connection of each response. Returns how to stop. Loads node:http: to be called only where it is loaded. */
export function announceClose(answered: (connection: Connection) => void): () => void {
  // An import at the top would load it into every app.
  const { ServerResponse } = require('node:http') as typeof http;
  const prototype = ServerResponse.prototype as unknown as Prototype;
  const storeHeader = prototype._storeHeader;
  const isOwn = Object.hasOwn(prototype, '_storeHeader');
  // Every way of writing a head leads here, also for responses whose `writeHead` was wrapped by a framework (Node: lib/_http_outgoing.js).
  prototype._storeHeader = function (firstLine, headers) {
    const connection = this.req.socket as unknown as Connection | null;
    // An upgrade is no response after which the connection could close; a request that a framework made up has none.
    if (this.statusCode === 101 || !connection?.parser) return storeHeader.call(this, firstLine, headers);
    answered(connection);
    // Pipelining: the last of those that are there announces it, for the client counts on nothing behind (RFC 9112, 9.6).
    if (isFollowed(this, connection)) return storeHeader.call(this, firstLine, headers);
    this.shouldKeepAlive = false;
    this._removedConnection = false;
    if (this.hasHeader('connection')) this.setHeader('Connection', 'close');
    storeHeader.call(this, firstLine, withoutConnection(headers));
    if (hasKnownEnd(this)) closeBehind(this, connection);
  };
  return () => {
    if (isOwn) prototype._storeHeader = storeHeader;
    else Reflect.deleteProperty(prototype, '_storeHeader');
  };
}

function isFollowed({ req: request }: Response, { parser }: Connection): boolean {
  const latest = parser?.incoming;
  return latest !== null && latest !== undefined && latest !== request;
}

/** Otherwise the end of the connection is the end of the response. */
function hasKnownEnd({ chunkedEncoding, _hasBody: hasBody, _header: head }: Response): boolean {
  return chunkedEncoding || !hasBody || /^content-length:/im.test(head ?? '');
}

/** Node would drop requests that came in the same packet behind this one, and reset a client that is still sending: that one is closed when it is idle. */
function closeBehind(response: Response, connection: Connection): void {
  response._last = false;
  response.once('finish', () => {
    if (!connection._httpMessage && response.req.complete) connection.destroySoon();
  });
}

/** Headers as an app gives them to `writeHead`: an object, pairs, or names and values in turn. Node's own collection comes back as it is. */
function withoutConnection(headers: unknown): unknown {
  if (Array.isArray(headers)) return withoutPairs(headers);
  if (typeof headers !== 'object' || headers === null || isNodesOwn(headers)) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isConnection(name)));
}

function withoutPairs(headers: readonly unknown[]): unknown[] {
  if (Array.isArray(headers[0])) return (headers as readonly (readonly unknown[])[]).filter(([name]) => !isConnection(name));
  return headers.filter((_, place) => !isConnection(headers[place - (place % 2)]));
}

/** What `setHeader` fills: without a prototype, each value a pair of the name as written and the value. */
function isNodesOwn(headers: object): boolean {
  return Object.getPrototypeOf(headers) === null && Object.values(headers).every((value) => Array.isArray(value) && value.length === 2);
}

function isConnection(name: unknown): boolean {
  return String(name).toLowerCase() === 'connection';
}

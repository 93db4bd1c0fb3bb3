// Makes every further HTTP/1 response say `Connection: close`, whatever the app says of the connection itself.
import type http from 'node:http';

type StoreHeader = (this: http.ServerResponse, firstLine: string, headers: unknown) => void;
type Prototype = { _storeHeader: StoreHeader };

/** `answered` is called for each such response. Returns how to stop. Loads node:http: to be called only where it is loaded. */
export function announceClose(answered: (response: http.ServerResponse) => void): () => void {
  // An import at the top would load it into every app.
  const { ServerResponse } = require('node:http') as typeof http;
  const prototype = ServerResponse.prototype as unknown as Prototype;
  const storeHeader = prototype._storeHeader;
  const isOwn = Object.hasOwn(prototype, '_storeHeader');
  // Every way of writing a head leads here, also for responses whose `writeHead` was wrapped by a framework (Node: lib/_http_outgoing.js).
  prototype._storeHeader = function (firstLine, headers) {
    // An upgrade is no response after which the connection could close.
    if (this.statusCode === 101) return storeHeader.call(this, firstLine, headers);
    this.shouldKeepAlive = false;
    if (this.hasHeader('connection')) this.setHeader('Connection', 'close');
    answered(this);
    storeHeader.call(this, firstLine, withoutConnection(headers));
  };
  return () => {
    if (isOwn) prototype._storeHeader = storeHeader;
    else Reflect.deleteProperty(prototype, '_storeHeader');
  };
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

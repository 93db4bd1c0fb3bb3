// HTTP on the Unix socket: finds the route, calls its handler, turns what it throws into an answer. It knows no app.
import fs from 'node:fs';
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { VERSION_HEADER } from '../../model/api-paths.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { Ms } from '../../model/units.ts';
import { MAX_BODY_BYTES, readBody } from './decode.ts';
import { sendError } from './reply.ts';
import type { ApiServices, Handler, Route } from './route.ts';

/** A connection on which nothing moves for so long is closed, unless it is a stream. */
const SILENCE_MS: Ms = 30_000;
/** Node looks for late requests on a timer, even at rest; silence is watched per connection instead. The longest a timer can wait. */
const NEVER_MS: Ms = 2 ** 31 - 1;

export interface ApiServer {
  /** Ends at once: open streams too. */
  close(): Promise<void>;
}

/** Listens on `socketPath`, mode 0600, in place of whatever file is there: the caller holds the lock. `defect` hears of errors that are ours. */
export async function serveApi(options: {
  readonly socketPath: string;
  readonly routes: readonly Route[];
  readonly services: ApiServices;
  /** Called at each request. */
  readonly asked: () => void;
  readonly defect: (error: unknown) => void;
}): Promise<ApiServer> {
  const { socketPath } = options;
  const server = http.createServer({ connectionsCheckingInterval: NEVER_MS, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    options.asked();
    response.setHeader(VERSION_HEADER, options.services.context.version);
    answer(request, response, options).catch((error: unknown) => {
      if (!(error instanceof HoldfastError)) options.defect(error);
      sendError(response, error instanceof HoldfastError ? error : defectError(error));
    });
  });
  server.setTimeout(SILENCE_MS);
  server.on('clientError', (error, socket) => refuseGarbage(error, socket as Socket));
  fs.rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      server.off('error', reject);
      resolve();
    });
  });
  fs.chmodSync(socketPath, 0o600);
  // After listening only accept(2) can fail (no descriptors left); the next connection is tried as usual.
  server.on('error', options.defect);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Found =
  | { readonly kind: 'handler'; readonly handler: Handler; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'no-path' }
  | { readonly kind: 'no-method'; readonly allowed: string };

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, services }: { readonly routes: readonly Route[]; readonly services: ApiServices },
): Promise<void> {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s, 2);
  const found = findRoute(routes, request.method ?? 'GET', path);
  if (found.kind === 'no-path')
    return refuse(request, response, { status: 404, message: `Cannot answer ${request.method} ${path}: there is no such path.` });
  if (found.kind === 'no-method') {
    response.setHeader('allow', found.allowed);
    return refuse(request, response, {
      status: 405,
      message: `Cannot answer ${request.method} ${path}: this path takes ${found.allowed}.`,
    });
  }
  const body = await readBody(request);
  if (body.kind === 'gone') return void response.destroy();
  if (body.kind === 'too-large')
    return refuse(request, response, { status: 413, message: `Cannot read the request: its body is larger than ${MAX_BODY_BYTES} bytes.` });
  await found.handler({ services, parameters: found.parameters, search: new URLSearchParams(query), body: body.text }, response);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message }: { readonly status: number; readonly message: string },
): void {
  // Whatever is still on its way is taken and thrown away, so that the client gets to read the answer.
  request.resume();
  sendError(response, new HoldfastError('USAGE', message), status);
}

function findRoute(routes: readonly Route[], method: string, path: string): Found {
  for (const route of routes) {
    const parameters = matchPath(route.path, path);
    if (parameters === null) continue;
    const handler = Object.hasOwn(route.methods, method) ? route.methods[method as 'GET' | 'POST'] : undefined;
    return handler === undefined
      ? { kind: 'no-method', allowed: Object.keys(route.methods).join(', ') }
      : { kind: 'handler', handler, parameters };
  }
  return { kind: 'no-path' };
}

function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(':')) parameters[part.slice(1)] = given[index]!;
    else if (part !== given[index]) return null;
  }
  return parameters;
}

/** Bytes that are no HTTP get an answer in HTTP all the same, where anybody still listens. */
function refuseGarbage(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const view = new HoldfastError('USAGE', `Cannot read the request: it is not HTTP (${error.message}).`).view();
  const body = `${JSON.stringify({ error: view })}\n`;
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function defectError(cause: unknown): HoldfastError {
  return new HoldfastError('INTERNAL', `Cannot answer: this is a defect of Holdfast (${(cause as Error).message}).`, {
    hint: 'holdfast logs',
    cause,
  });
}

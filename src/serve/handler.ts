// Answers one request for a static site: who may, what is meant, and the file. Bytes, ranges and conditions are the business of the package send.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import compression from 'compression';
import send from 'send';
import type { StaticSite } from '../model/static-site.ts';
import { isAllowed } from './account.ts';
import { find } from './find.ts';
import { readFolder } from './folder.ts';
import { LISTING_POLICY, renderListing } from './listing.ts';
import { isHidden, isRoute, readPath, writePath } from './place.ts';
import { chooseVariant } from './variant.ts';

/** A site whose `folder` is absolute. `report` gets what went wrong here, as a sentence. */
export interface Surroundings {
  readonly site: StaticSite;
  report(text: string): void;
}

interface Exchange {
  readonly site: StaticSite;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const METHODS = 'GET, HEAD, OPTIONS';
const NOT_FOUND_PAGE = ['404.html'];

/** The listener of the server. It never throws, and always answers. */
export function createHandler({ site, report }: Surroundings): RequestListener {
  // A part of a file is a part of its bytes as they are (RFC 9110, 14.2).
  const filter = (request: IncomingMessage, response: ServerResponse): boolean =>
    response.statusCode !== 206 && compression.filter(request, response);
  const compress = compression({ filter });
  return (request, response) => {
    compress(request, response, () => {
      answer({ site, request, response }).catch((error: unknown) => {
        report(`Cannot answer ${request.method} ${JSON.stringify(request.url)}: ${(error as Error).message}.`);
        if (response.headersSent) response.destroy();
        else refuse(response, 500, 'Internal Server Error');
      });
    });
  };
}

async function answer(exchange: Exchange): Promise<void> {
  const { site, request, response } = exchange;
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Methods', 'GET');
  // A browser asks this without a password before it asks for something with one.
  if (request.method === 'OPTIONS') return void response.writeHead(204, { allow: METHODS }).end();
  if (site.account !== null && !isAllowed(site.account, request.headers.authorization)) {
    response.setHeader('WWW-Authenticate', 'Basic realm="static files", charset="UTF-8"');
    return refuse(response, 401, 'Unauthorized');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', METHODS);
    return refuse(response, 405, 'Method Not Allowed');
  }
  const place = readPath(request.url ?? '/');
  if (place === null) return refuse(response, 400, 'Bad Request');
  if (isHidden(place.names)) return answerNothing(exchange, place.names);
  return answerPlace(exchange, place);
}

async function answerPlace(exchange: Exchange, { names, isFolder }: NonNullable<ReturnType<typeof readPath>>): Promise<void> {
  const { site, response } = exchange;
  if (names.length === 0 && (await sendIfFile(exchange, homeOf(site), 200))) return;
  const found = await find(site.folder, names);
  if (found.kind === 'forbidden') return refuse(response, 403, 'Forbidden');
  if (found.kind === 'file' && !isFolder) return sendFile(exchange, names, found.path, 200);
  if (found.kind === 'folder') return answerFolder(exchange, { names, isFolder, real: found.path });
  return answerNothing(exchange, names);
}

async function answerFolder(
  exchange: Exchange,
  { names, isFolder, real }: { readonly names: readonly string[]; readonly isFolder: boolean; readonly real: string },
): Promise<void> {
  const { site, response } = exchange;
  const index = [...names, 'index.html'];
  const hasIndex = (await find(site.folder, index)).kind === 'file';
  if (!hasIndex && !site.listsFolders) return answerNothing(exchange, names);
  // Addresses in the page are relative to the folder.
  if (!isFolder && names.length > 0) {
    response.setHeader('Location', writePath(names, true));
    return refuse(response, 301, 'Moved Permanently');
  }
  if (hasIndex && (await sendIfFile(exchange, index, 200))) return;
  response.setHeader('Content-Security-Policy', LISTING_POLICY);
  end(response, 200, { type: 'text/html; charset=utf-8', body: renderListing(names, await readFolder(site.folder, names, real)) });
}

/** The page of a single-page application, or that for what is not there. */
async function answerNothing(exchange: Exchange, names: readonly string[]): Promise<void> {
  const { site, request, response } = exchange;
  const isPage = site.isSinglePage && !isHidden(names) && isRoute(names, request.headers.accept);
  if (isPage && (await sendIfFile(exchange, homeOf(site), 200))) return;
  if (await sendIfFile(exchange, NOT_FOUND_PAGE, 404)) return;
  refuse(response, 404, 'Not Found');
}

function homeOf({ homepage }: StaticSite): readonly string[] {
  return homepage.split('/').filter(Boolean);
}

async function sendIfFile(exchange: Exchange, names: readonly string[], status: 200 | 404): Promise<boolean> {
  const found = await find(exchange.site.folder, names);
  if (found.kind !== 'file') return false;
  await sendFile(exchange, names, found.path, status);
  return true;
}

/** Resolves when it is sent, or the client has left. */
async function sendFile(exchange: Exchange, names: readonly string[], real: string, status: 200 | 404): Promise<void> {
  const { site, request, response } = exchange;
  const variant = await chooseVariant(request, { root: site.folder, names, real });
  for (const [name, value] of Object.entries(variant.headers)) response.setHeader(name, value);
  // Kept by a browser, and asked for again each time: a deploy is seen at once.
  response.setHeader('Cache-Control', 'no-cache');
  response.statusCode = status;
  const isWhole = status === 404;
  const path = variant.path.split('/').map(encodeURIComponent).join('/');
  // What is hidden was refused by its address; a link may lead through a folder such as .releases.
  const options = { dotfiles: 'allow', index: false, cacheControl: false, acceptRanges: !isWhole, etag: !isWhole, lastModified: !isWhole };
  await new Promise<void>((resolve, reject) => {
    response.once('close', resolve);
    send(request, path, options as send.SendOptions)
      .on('error', (error: NodeJS.ErrnoException & { status?: number; headers?: Record<string, string> }) => {
        if (response.headersSent || error.status === undefined || error.status >= 500) return reject(error);
        for (const name of ['Content-Encoding', 'Content-Type', 'Content-Length', 'ETag', 'Last-Modified']) response.removeHeader(name);
        for (const [name, value] of Object.entries(error.headers ?? {})) response.setHeader(name, value);
        refuse(response, error.status, error.message);
      })
      .pipe(response);
  });
}

function refuse(response: ServerResponse, status: number, body: string): void {
  end(response, status, { type: 'text/plain; charset=utf-8', body: `${body}\n` });
}

/** Node sends no body where there may be none: HEAD, 204, 304. */
function end(response: ServerResponse, status: number, { type, body }: { readonly type: string; readonly body: string }): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

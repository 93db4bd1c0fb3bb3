// Two processes talking over a Unix socket: one JSON object a line. It knows nothing of what the messages mean.
import { unlinkSync, chmodSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { errnoOf } from './errno.ts';
import { checkSocketPath } from './paths.ts';

/** One end of a connection. */
export interface LineSocket {
  /** Sends one message. Nothing happens when the connection is closed: `closed` has told so. */
  send(message: object): void;
  /** Bytes not yet taken by the kernel: what a slow peer costs. */
  readonly queuedBytes: number;
  /** Closes at once; what is queued is lost. `closed` follows. */
  close(): void;
}

/** What one end hears. */
export interface LineEvents {
  message(message: unknown): void;
  /** Once, however the connection ended. */
  closed(): void;
}

/** A line longer than this is no message of ours: the connection is closed. */
const MAX_LINE_CHARS = 64 * 2 ** 20;

/** Dials. Rejects with the system's error (`ENOENT`, `ECONNREFUSED`) when nobody listens. */
export function connectLines(path: string, on: LineEvents): Promise<LineSocket> {
  checkSocketPath(path);
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(attachLines(socket, () => on));
    });
  });
}

/** Listens with mode 0600. A socket file without a listener is replaced; one with a listener rejects with EADDRINUSE. `close` also ends all connections. */
export async function serveLines(path: string, accept: (socket: LineSocket) => LineEvents): Promise<{ close(): Promise<void> }> {
  checkSocketPath(path);
  await removeStaleSocket(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attachLines(socket, accept);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  chmodSync(path, 0o600);
  // After listening only accept(2) can fail (EMFILE); Node tries again by itself.
  server.on('error', () => undefined);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Speaks over a connection that is there. */
export function attachLines(socket: Socket, accept: (socket: LineSocket) => LineEvents): LineSocket {
  let corked = false;
  const end: LineSocket = {
    send(message) {
      if (!socket.writable) return;
      if (!corked) {
        corked = true;
        socket.cork();
        process.nextTick(() => {
          corked = false;
          socket.uncork();
        });
      }
      socket.write(`${JSON.stringify(message)}\n`);
    },
    get queuedBytes() {
      return socket.writableLength;
    },
    close: () => socket.destroy(),
  };
  const on = accept(end);
  readMessages(socket, on);
  // EPIPE and ECONNRESET are ends like any other: 'close' follows.
  socket.on('error', () => undefined);
  socket.once('close', () => on.closed());
  return end;
}

function readMessages(socket: Socket, on: LineEvents): void {
  let pieces: string[] = [];
  let length = 0;
  // Decodes characters that are split over two reads.
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = chunk.split('\n');
    for (const [index, piece] of lines.entries()) {
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_LINE_CHARS) return void socket.destroy();
      if (index === lines.length - 1) break;
      const line = pieces.join('');
      pieces = [];
      length = 0;
      const parsed = parse(line);
      if (parsed === undefined) return void socket.destroy();
      on.message(parsed.message);
      if (socket.destroyed) return;
    }
  });
}

/** Undefined for what is not JSON: a peer that writes that is not ours. */
function parse(line: string): { readonly message: unknown } | undefined {
  try {
    return { message: JSON.parse(line) as unknown };
  } catch {
    return undefined;
  }
}

/** A socket file outlives its process: without a listener connect(2) says ECONNREFUSED, and bind(2) would say EADDRINUSE. */
function removeStaleSocket(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      reject(Object.assign(new Error(`Cannot listen on ${path}: another process listens there.`), { code: 'EADDRINUSE' }));
    });
    probe.once('error', (error) => {
      if (errnoOf(error) === 'ECONNREFUSED') unlinkIfThere(path);
      resolve();
    });
  });
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

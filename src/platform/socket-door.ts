// A Unix socket that stands under a name others may take: it is put there whole, and only what was put there is taken away.
import { chmodSync, chownSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { checkSocketPath } from './paths.ts';

/** An open door. */
export interface SocketDoor {
  /** Ends all connections once what was written to them is with the kernel, and takes the socket away where it is still ours. */
  close(): void;
}

/** More connections than these at a time are closed as they come. */
const MAX_CONNECTIONS = 64;

/** What is to stand where. */
export interface SocketDoorOptions {
  readonly path: string;
  /** Who may use it besides us; -1 for the half that stays ours (chown(2)). */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** Nothing is read from a connection before `accept` does. */
  readonly isQuiet?: boolean;
  /** Gets every connection; its errors are heard here. */
  readonly accept: (socket: Socket) => void;
}

/** Listens, for the owner only. The file of one that nobody listens on is replaced; where somebody does, it rejects. */
export async function openSocketDoor({ path, owner, isQuiet = false, accept }: SocketDoorOptions): Promise<SocketDoor> {
  // Not longer than the names of our own sockets: where those have room, it has.
  const draft = `${path}~`;
  checkSocketPath(draft);
  if (await isTaken(path)) throw new Error(`Cannot listen on ${path}: another process listens there.`);
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: isQuiet }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // EPIPE and ECONNRESET are ends like any other: 'close' follows.
    socket.on('error', () => undefined);
    accept(socket);
  });
  server.maxConnections = MAX_CONNECTIONS;
  rmSync(draft, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: draft }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // After listening only accept(2) can fail (EMFILE); Node tries again by itself.
  server.on('error', () => undefined);
  if (owner !== null) chownSync(draft, owner.uid, owner.gid);
  chmodSync(draft, owner === null ? 0o600 : 0o660);
  const own = statSync(draft).ino;
  // Node removes the file that it has bound when it closes: under this name it would be that of whoever came after us.
  renameSync(draft, path);
  return {
    close() {
      // While it listens nobody else gets its inode number.
      if (statSync(path, { throwIfNoEntry: false })?.ino === own) rmSync(path, { force: true });
      server.close();
      for (const socket of sockets) socket.destroySoon();
    },
  };
}

function isTaken(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

// Two ends of a real connection over a Unix socket, for tests of what is said on one.
import fs from 'node:fs';
import net from 'node:net';
import type { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** `near` is the end that is tested. */
export interface SocketPair {
  readonly near: Socket;
  readonly far: Socket;
}

/** Makes connected pairs; `dispose` ends all of them and leaves nothing. */
export interface SocketPairs {
  create(): Promise<SocketPair>;
  dispose(): Promise<void>;
}

/** Opens the socket that they are made with. */
export async function createSocketPairs(): Promise<SocketPairs> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'));
  const file = path.join(folder, 'pair.sock');
  const ends = new Set<Socket>();
  const server = net.createServer();
  await new Promise<void>((resolve) => void server.listen(file, resolve));
  return {
    async create() {
      const accepted = new Promise<Socket>((resolve) => void server.once('connection', resolve));
      const far = net.connect(file);
      const near = await accepted;
      for (const end of [near, far]) {
        ends.add(end);
        end.on('error', () => undefined);
      }
      return { near, far };
    },
    async dispose() {
      for (const end of ends) end.destroy();
      await new Promise((resolve) => void server.close(resolve));
      fs.rmSync(folder, { recursive: true });
    },
  };
}

// Accepting when it is this instance's turn: one connection for each baton, straight from the kernel's queue.
import type { Channel } from './channel.ts';
import type { RawHandle } from './node-internals.ts';

/** The server that the batons of one socket are for. */
export interface Taker {
  readonly id: number;
  readonly backlog: number;
  /** It takes no connection now: none that is accepted would be served. */
  isFull(): boolean;
  /** The process has a descriptor left for a connection. */
  hasSpare(): boolean;
  take(connection: RawHandle): void;
}

export interface Batons {
  /** A copy of the socket, to accept one connection from. */
  got(baton: RawHandle | undefined): void;
  /** Those that it has are void. */
  withdraw(): void;
}

export function createBatons({ id, backlog, isFull, hasSpare, take }: Taker, channel: Pick<Channel, 'say' | 'took'>): Batons {
  const held = new Set<RawHandle>();

  function discard(baton: RawHandle): void {
    held.delete(baton);
    baton.close();
  }

  function decline(baton: RawHandle | undefined): void {
    if (baton !== undefined) discard(baton);
    channel.say({ act: 'declined', id });
  }

  function accepted(baton: RawHandle, connection: RawHandle | undefined): void {
    // This process has no descriptor left (accept(2): EMFILE). Told to the server it would end an app that does not listen for errors of its server.
    if (connection === undefined) return decline(baton);
    // Before anything else: Node 20 goes on accepting from it until it is closed (libuv 1.46: src/unix/stream.c, uv__server_io).
    discard(baton);
    // At once, since somebody else's turn begins by it.
    channel.took(id);
    take(connection);
    if (isFull()) for (const other of held) decline(other);
  }

  return {
    got(baton) {
      if (baton === undefined || isFull() || !hasSpare()) return decline(baton);
      held.add(baton);
      baton.onconnection = (_, connection) => accepted(baton, connection);
      baton.listen?.(backlog);
      // What keeps the process alive is the stand-in.
      baton.unref?.();
    },
    withdraw() {
      for (const baton of held) discard(baton);
    },
  };
}

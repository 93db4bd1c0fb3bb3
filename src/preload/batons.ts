// Accepting when it is this instance's turn: as many connections as a baton is for, straight from the kernel's queue.
import type { Channel } from './channel.ts';
import type { RawHandle } from './node-internals.ts';

/** The server that the batons of one socket are for. */
export interface Taker {
  readonly id: number;
  readonly backlog: number;
  /** It takes no connection now: none that is accepted would be served. */
  isFull(): boolean;
  /** The process has so many descriptors left. */
  hasSpare(count: number): boolean;
  take(connection: RawHandle): void;
}

export interface Batons {
  /** A copy of the socket, to accept so many connections from. */
  got(baton: RawHandle | undefined, turns?: number): void;
  /** Those that it has are void. */
  withdraw(): void;
}

export function createBatons({ id, backlog, isFull, hasSpare, take }: Taker, channel: Pick<Channel, 'say' | 'took'>): Batons {
  /** With how many connections each is still for. */
  const held = new Map<RawHandle, number>();

  /** Connections that it has the right to accept. */
  function promised(): number {
    let total = 0;
    for (const turns of held.values()) total += turns;
    return total;
  }

  function discard(baton: RawHandle): void {
    held.delete(baton);
    baton.close();
  }

  function decline(baton: RawHandle | undefined, turns: number): void {
    if (baton !== undefined) discard(baton);
    for (let turn = 0; turn < turns; turn += 1) channel.say({ act: 'declined', id });
  }

  function accepted(baton: RawHandle, connection: RawHandle | undefined): void {
    const turns = held.get(baton)!;
    // This process has no descriptor left (accept(2): EMFILE). Told to the server it would end an app that does not listen for errors of its server.
    if (connection === undefined) return decline(baton, turns);
    // Before anything else: Node 20 goes on accepting from it until it is closed (libuv 1.46: src/unix/stream.c, uv__server_io).
    if (turns === 1) discard(baton);
    else held.set(baton, turns - 1);
    // At once, since somebody else's turn begins by it.
    channel.took(id);
    take(connection);
    if (isFull()) for (const [other, left] of held) decline(other, left);
  }

  return {
    got(baton, turns = 1) {
      if (baton === undefined || isFull() || !hasSpare(promised() + turns)) return decline(baton, turns);
      held.set(baton, turns);
      baton.onconnection = (_, connection) => accepted(baton, connection);
      baton.listen?.(backlog);
      // What keeps the process alive is the stand-in.
      baton.unref?.();
    },
    withdraw() {
      for (const baton of held.keys()) discard(baton);
    },
  };
}

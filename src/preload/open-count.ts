// Tells the supervisor how many connections are open, where it balances by that: once for every turn of the loop in which some have ended.
import type { Channel } from './channel.ts';
import type { ClusterServer, RawHandle } from './node-internals.ts';

export interface OpenCount {
  /** Says it now, and again whenever followed connections have ended. */
  start(): void;
  /** To be called for every connection before a server gets it. Does nothing before `start`. */
  follow(connection: RawHandle): void;
}

/** `servers` are those that get connections. */
export function createOpenCount(channel: Channel, servers: () => readonly ClusterServer[]): OpenCount {
  let isOn = false;
  let isDue = false;

  function say(): void {
    isDue = false;
    channel.say({ act: 'open', count: servers().reduce((sum, { _connections: open = 0 }) => sum + open, 0) });
  }

  function ended(): void {
    if (isDue) return;
    isDue = true;
    setImmediate(say);
  }

  return {
    start() {
      isOn = true;
      say();
    },
    follow(connection) {
      if (!isOn) return;
      // Not a listener of the socket's, which the app could see, and which a socket that is passed on to another process would never call.
      const { close, reset } = connection;
      connection.close = (done) => {
        ended();
        close.call(connection, done);
      };
      if (reset === undefined) return;
      connection.reset = (done) => {
        ended();
        return reset.call(connection, done);
      };
    },
  };
}

// What a server of the app holds instead of a listening socket: connections are put into it. It keeps the process alive as a socket would.
import type { RawHandle } from './node-internals.ts';

/** Node's own longest timer: fires after 24 days and does nothing. */
const LONGEST_MS = 2 ** 31 - 1;

/** What net.Server asks of its handle (Node: lib/net.js); `onconnection` is set by it. */
export interface StandIn extends RawHandle {
  listen(backlog: number): number;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
  getsockname?(out: object): number;
}

export interface StandInOptions {
  /** Null for a Unix path, whose server knows its name itself. */
  readonly sockname: object | null;
  /** Called once. */
  readonly closed: () => void;
  readonly referenced: (isReferenced: boolean) => void;
}

export function createStandIn({ sockname, closed, referenced }: StandInOptions): StandIn {
  let isOpen = true;
  const alive = setInterval(() => {}, LONGEST_MS);
  return {
    listen: () => 0,
    ref() {
      if (isOpen) alive.ref();
      referenced(true);
    },
    unref() {
      alive.unref();
      referenced(false);
    },
    hasRef: () => isOpen && alive.hasRef(),
    close(done) {
      clearInterval(alive);
      if (isOpen) closed();
      isOpen = false;
      if (done) process.nextTick(done);
    },
    ...(sockname === null
      ? {}
      : {
          getsockname(out: object) {
            Object.assign(out, sockname);
            return 0;
          },
        }),
  };
}

// Seeing whether a client waits in the kernel's queue of a listening socket, without accepting it.

/** A copy of a listening socket, from another process, that has never listened itself (Node: TCP or Pipe wrap). */
export interface ListeningCopy {
  readonly fd: number;
  onread?: () => void;
  open?(fd: number): number;
  readStart?(): number;
  readStop?(): number;
  close(): void;
}

export interface Watch {
  /** Says once what it sees. Nothing while it is on. */
  start(): void;
  stop(): void;
  isOn(): boolean;
  close(): void;
}

export interface WatchEvents {
  /** When it was started. It stays on until somebody does. */
  nobodyWaits(): void;
  /** It is off again. `already`: when it was started too. */
  somebodyWaits(already: boolean): void;
}

/**
 * Takes a copy of the socket over. libuv reads from it as from any stream, which a listening socket answers with ENOTCONN (read(2); EINVAL from a Unix path) as soon as
 * it can be accepted from. The same in Node 20, 22, 24 and 26.
 */
export function watchClients(copy: ListeningCopy, on: WatchEvents): Watch {
  let isOn = false;
  let isFresh = false;
  let due: NodeJS.Immediate | undefined;
  function sees(what: () => void): void {
    clearImmediate(due);
    due = setImmediate(what);
  }

  copy.onread = () => {
    if (!isOn) return;
    const already = isFresh;
    // The handle can be used again only when this has returned.
    sees(() => {
      isOn = false;
      on.somebodyWaits(already);
    });
  };
  return {
    start() {
      if (isOn) return;
      isOn = true;
      isFresh = true;
      // Opening its own descriptor gives it the flags again that let libuv watch it: the error has taken them away (src/unix/stream.c, uv__stream_open).
      copy.open?.(copy.fd);
      copy.readStart?.();
      // Runs behind the next look at all descriptors, which does not wait then (Node: the event loop, phases poll and check).
      sees(() => {
        isFresh = false;
        on.nobodyWaits();
      });
    },
    stop() {
      isOn = false;
      clearImmediate(due);
      copy.readStop?.();
    },
    isOn: () => isOn,
    close() {
      isOn = false;
      clearImmediate(due);
      copy.close();
    },
  };
}

// Server-sent events (WHATWG HTML, 9.2) to one reader. A reader that is too slow loses entries and is told how many; nobody waits for it.
import type { ServerResponse } from 'node:http';

/** What may wait for a slow reader. */
const MAX_WAITING_BYTES = 2 ** 20;

/** An open stream. */
export interface EventStream {
  /** Sends a value that must arrive. */
  send(value: unknown): void;
  /** Sends a value that may be left out. */
  offer(value: unknown): void;
  /** Counts what was left out before it came here. */
  leaveOut(count: number): void;
  end(): void;
  /** Aborted when the reader has gone. */
  readonly signal: AbortSignal;
}

/** Opens a stream on a response. `missed` makes the value that tells how many were left out. */
export function openStream(response: ServerResponse, missed: (count: number) => unknown): EventStream {
  const gone = new AbortController();
  let left = 0;
  response.socket?.setTimeout(0);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  response.on('close', () => gone.abort());
  response.on('drain', report);

  function write(value: unknown): void {
    if (!response.writableEnded && !response.destroyed) response.write(`data: ${JSON.stringify(value)}\n\n`);
  }

  function report(): void {
    if (left === 0 || response.writableLength > MAX_WAITING_BYTES) return;
    const count = left;
    left = 0;
    write(missed(count));
  }

  return {
    send: write,
    offer(value) {
      if (response.writableLength > MAX_WAITING_BYTES) {
        left += 1;
        return;
      }
      report();
      write(value);
    },
    leaveOut(count) {
      left += count;
      report();
    },
    end() {
      report();
      response.end();
    },
    signal: gone.signal,
  };
}

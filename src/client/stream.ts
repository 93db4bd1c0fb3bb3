// A reply that goes on: server-sent events (WHATWG HTML, 9.2) whose `data:` lines are one JSON value each.
import { HoldfastError } from '../model/errors.ts';
import { unreachable } from './connect.ts';
import type { Connector } from './connect.ts';
import { exchange } from './http.ts';
import { readText, refusal } from './json.ts';

/** What to stream, the signal that ends it, and who is told when it is open. */
export interface StreamRequest {
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly opened?: () => void;
}

/** Yields the values of an event stream until it ends. An aborted signal ends the iteration without an error. */
export async function* requestStream<T>(connector: Connector, request: StreamRequest): AsyncGenerator<T> {
  if (isAborted(request.signal)) return;
  const wire = await connector.open();
  const abort = (): void => wire.close();
  request.signal?.addEventListener('abort', abort);
  try {
    if (isAborted(request.signal)) return;
    const reply = await exchange(wire, { method: 'GET', path: request.path });
    connector.met(reply.version);
    if (reply.status >= 400) throw refusal(reply.status, await readText(reply));
    request.opened?.();
    for await (const value of readValues<T>(reply.body)) {
      if (isAborted(request.signal)) return;
      yield value;
    }
  } catch (error) {
    if (isAborted(request.signal)) return;
    throw error instanceof HoldfastError ? error : unreachable(connector.socketPath, error as Error);
  } finally {
    request.signal?.removeEventListener('abort', abort);
    wire.close();
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

async function* readValues<T>(body: AsyncIterable<Buffer>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let held = '';
  for await (const piece of body) {
    const lines = (held + decoder.decode(piece, { stream: true })).split('\n');
    held = lines.pop()!;
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice(6)) as T;
  }
}

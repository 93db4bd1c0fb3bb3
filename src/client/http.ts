// The little of HTTP/1.1 that a client of one Unix socket needs (RFC 9112): one request per connection, replies with a length, in chunks, or until the end.
import { VERSION_HEADER } from '../model/api-paths.ts';
import type { Wire } from './wire.ts';

/** A request as it is sent. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

/** The head of a reply, and its body as it arrives. */
export interface HttpReply {
  readonly status: number;
  /** Of the daemon; null where it does not say. */
  readonly version: string | null;
  readonly body: AsyncGenerator<Buffer>;
}

const MAX_HEAD_BYTES = 64 * 1024;

/** Sends a request on a fresh connection and reads the head of the reply. The caller closes the wire. */
export async function exchange(wire: Wire, request: HttpRequest): Promise<HttpReply> {
  wire.write(printRequest(request));
  const source = new ByteSource(wire);
  const head = (await source.through('\r\n\r\n', MAX_HEAD_BYTES)).toString('latin1').split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head[0] ?? '')?.[1];
  if (status === undefined) throw new Error(`not an HTTP reply: ${JSON.stringify(head[0]?.slice(0, 80))}`);
  const headers = new Map(head.slice(1).map(splitHeader));
  return { status: Number(status), version: headers.get(VERSION_HEADER) ?? null, body: readBody(source, headers) };
}

/** What a broken connection says: to the one that writes, to the one that reads, and where a reply is cut short. */
const BROKEN = ['EPIPE', 'ECONNRESET'];

/** Whether the daemon went away with the connection, so that nobody knows what it has done. One that is silent, or says nonsense, is there. */
export function isBroken(error: unknown): boolean {
  return BROKEN.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** With the code that Node gives to a reply that ends too early. */
function cutShort(): Error {
  return Object.assign(new Error('the connection was closed before the reply was complete'), { code: 'ECONNRESET' });
}

function printRequest({ method, path, body }: HttpRequest): string {
  const length = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${length}\r\n${body ?? ''}`;
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, Math.max(0, colon)).toLowerCase(), line.slice(colon + 1).trim()];
}

async function* readBody(source: ByteSource, headers: ReadonlyMap<string, string>): AsyncGenerator<Buffer> {
  if (/\bchunked\b/i.test(headers.get('transfer-encoding') ?? '')) return yield* readChunks(source);
  const length = headers.get('content-length');
  if (length === undefined) return yield* source.rest();
  yield* source.take(Number(length));
}

async function* readChunks(source: ByteSource): AsyncGenerator<Buffer> {
  for (;;) {
    const line = (await source.through('\r\n', MAX_HEAD_BYTES)).toString('latin1');
    const size = /^[0-9a-f]+/i.exec(line)?.[0];
    if (size === undefined) throw new Error(`not a chunk size: ${JSON.stringify(line.slice(0, 80))}`);
    if (Number.parseInt(size, 16) === 0) return;
    yield* source.take(Number.parseInt(size, 16));
    await source.through('\r\n', MAX_HEAD_BYTES);
  }
}

/** The bytes of a connection, read by length or up to a mark. Lives as long as its wire. */
class ByteSource {
  readonly #wire: Wire;
  #held: Buffer = Buffer.alloc(0);

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** All up to the mark; the mark itself is taken away and not returned. */
  async through(mark: string, limitBytes: number): Promise<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0) return this.#split(at, at + mark.length);
      if (this.#held.length > limitBytes) throw new Error('the reply has no end of its head');
      if (!(await this.#more())) throw cutShort();
    }
  }

  /** Exactly so many bytes, in the pieces in which they come. */
  async *take(bytes: number): AsyncGenerator<Buffer> {
    let missing = bytes;
    while (missing > 0) {
      if (this.#held.length === 0 && !(await this.#more())) throw cutShort();
      const piece = this.#split(Math.min(missing, this.#held.length));
      missing -= piece.length;
      yield piece;
    }
  }

  /** All until the other side closes. */
  async *rest(): AsyncGenerator<Buffer> {
    do {
      if (this.#held.length > 0) yield this.#split(this.#held.length);
    } while (await this.#more());
  }

  #split(end: number, next = end): Buffer {
    const piece = this.#held.subarray(0, end);
    this.#held = this.#held.subarray(next);
    return piece;
  }

  async #more(): Promise<boolean> {
    const piece = await this.#wire.read();
    if (piece === null) return false;
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    return true;
  }
}

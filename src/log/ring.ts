// What an app has written lately, in memory: chunks as they came, cut into lines only when somebody asks. Bounded, and never the truth: files are.
import type { LogLine } from '../model/protocol.ts';
import type { Bytes } from '../model/units.ts';
import { createTimedLines } from './timed-lines.ts';
import type { Subject, TimedLines } from './timed-lines.ts';

/** What one app's ring may cost. */
const RING_BYTES: Bytes = 256 * 1024;

/** Bookkeeping of one chunk: an entry, a Buffer and its ArrayBuffer. Counted, so that a million tiny chunks are bounded as well. */
const ENTRY_BYTES: Bytes = 256;

/** Whose output a chunk is. */
export type Source = Subject & Pick<LogLine, 'stream'>;

interface Entry {
  readonly at: number;
  readonly source: Source;
  readonly chunk: Buffer;
}

/** The recent output of all instances of one app. */
export interface Ring {
  /** `at` in epoch milliseconds. Keeps the chunk without copying it. */
  push(at: number, source: Source, chunk: Buffer): void;
  /** The stream has ended: an unfinished line is a line. */
  endStream(at: number, source: Source): void;
  /** The last lines of these slots, oldest first; fewer when the ring holds fewer. A line whose beginning fell out is left out. */
  tail(wanted: { readonly slots: readonly number[]; readonly lines: number }): LogLine[];
  /** Hands out every further line until the returned function is called. Lines are cut only while somebody follows. */
  follow(onLine: (line: LogLine) => void): () => void;
}

/** An empty ring of at most `maxBytes`. */
export function createRing(options: { readonly maxBytes: Bytes } = { maxBytes: RING_BYTES }): Ring {
  return new ChunkRing(options.maxBytes);
}

class ChunkRing implements Ring {
  readonly #maxBytes: Bytes;
  #entries: Entry[] = [];
  #bytes = 0;
  /** Streams whose last chunk did not end a line. */
  readonly #unfinished = new Set<string>();
  /** Streams whose oldest kept chunk begins within a line. */
  readonly #beheaded = new Set<string>();
  readonly #followers = new Set<(line: LogLine) => void>();
  readonly #live = new Map<string, TimedLines>();

  constructor(maxBytes: Bytes) {
    this.#maxBytes = maxBytes;
  }

  push(at: number, source: Source, chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#entries.push({ at, source, chunk });
    this.#bytes += chunk.length + ENTRY_BYTES;
    mark(this.#unfinished, source, chunk);
    if (this.#bytes > this.#maxBytes) this.#evict();
    if (this.#followers.size > 0) linesOf(this.#live, source, (line) => this.#tell(line)).push(at, chunk);
  }

  endStream(at: number, source: Source): void {
    if (this.#unfinished.has(keyOf(source))) this.push(at, source, Buffer.from('\n'));
  }

  tail({ slots, lines }: { readonly slots: readonly number[]; readonly lines: number }): LogLine[] {
    const found: LogLine[] = [];
    const splitters = new Map<string, TimedLines>();
    const beheaded = new Set(this.#beheaded);
    for (const { at, source, chunk } of this.#entries) {
      if (!slots.includes(source.slot)) continue;
      const whole = beheaded.has(keyOf(source)) ? afterFirstLine(chunk) : chunk;
      if (whole === null) continue;
      beheaded.delete(keyOf(source));
      if (whole.length > 0) linesOf(splitters, source, (line) => found.push(line)).push(at, whole);
    }
    for (const splitter of splitters.values()) splitter.flush();
    return lines > 0 ? found.slice(-lines) : [];
  }

  follow(onLine: (line: LogLine) => void): () => void {
    // A function of its own, so that the same listener may follow twice.
    const follower = (line: LogLine): void => onLine(line);
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size === 0) this.#live.clear();
    };
  }

  #tell(line: LogLine): void {
    for (const follower of this.#followers) follower(line);
  }

  /** Down to three quarters at once: moving the rest of the array costs more than the entries. */
  #evict(): void {
    let gone = 0;
    while (gone < this.#entries.length && this.#bytes > this.#maxBytes * 0.75) {
      const { source, chunk } = this.#entries[gone]!;
      this.#bytes -= chunk.length + ENTRY_BYTES;
      mark(this.#beheaded, source, chunk);
      gone += 1;
    }
    this.#entries = this.#entries.slice(gone);
  }
}

function keyOf(source: Source): string {
  return `${source.slot}:${source.stream}`;
}

function mark(unfinished: Set<string>, source: Source, chunk: Buffer): void {
  if (chunk.at(-1) === 0x0a) unfinished.delete(keyOf(source));
  else unfinished.add(keyOf(source));
}

function afterFirstLine(chunk: Buffer): Buffer | null {
  const end = chunk.indexOf(0x0a);
  return end === -1 ? null : chunk.subarray(end + 1);
}

function linesOf(splitters: Map<string, TimedLines>, source: Source, onLine: (line: LogLine) => void): TimedLines {
  const key = keyOf(source);
  let splitter = splitters.get(key);
  if (splitter === undefined) {
    splitter = createTimedLines(source, onLine);
    splitters.set(key, splitter);
  }
  return splitter;
}

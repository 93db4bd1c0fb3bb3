// What one run of an instance writes to one stream, on its way to standard output or error: as it comes, or in whole lines.
import { createLineSplitter } from '../log/lines.ts';
import type { Bytes } from '../model/units.ts';
import type { Destination } from './destination.ts';

/** A line that is longer than this is not waited for. */
const LONGEST_BYTES: Bytes = 256 * 1024;

const NEWLINE = 0x0a;

export interface Lane {
  /** `at` in epoch milliseconds. */
  push(at: number, chunk: Buffer): void;
  /** The stream has ended: an unfinished line is a line. */
  end(at: number): void;
}

/** Bytes pass as they come: for who writes alone. */
export function createDirectLane(destination: Destination, prefixAt: (at: number) => string | null): Lane {
  const lane: Lane = {
    push: (at, chunk) => destination.put(lane, chunk, prefixAt(at)),
    end: () => undefined,
  };
  return lane;
}

/** Bytes pass in whole lines, so that those of others do not come between. */
export function createLineLane(destination: Destination, prefixAt: (at: number) => string | null): Lane {
  let pieces: Buffer[] = [];
  let length = 0;

  function put(at: number): void {
    const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length);
    pieces = [];
    length = 0;
    destination.put(lane, bytes, prefixAt(at));
  }

  function keep(piece: Buffer): void {
    if (piece.length === 0) return;
    pieces.push(piece);
    length += piece.length;
  }

  const lane: Lane = {
    push(at, chunk) {
      const cut = chunk.lastIndexOf(NEWLINE) + 1;
      keep(chunk.subarray(0, cut));
      if (cut > 0) put(at);
      keep(chunk.subarray(cut));
      if (length > LONGEST_BYTES) put(at);
    },
    end(at) {
      if (length > 0) put(at);
    },
  };
  return lane;
}

/** Each line becomes a text of its own. */
export function createTextLane(destination: Destination, print: (at: number, text: string) => string): Lane {
  let now = 0;
  const splitter = createLineSplitter((text) => destination.put(lane, Buffer.from(`${print(now, text)}\n`), null));
  const lane: Lane = {
    push(at, chunk) {
      now = at;
      splitter.push(chunk);
    },
    end(at) {
      now = at;
      splitter.flush();
    },
  };
  return lane;
}

// Bytes become lines, wherever the reads happened to split them. For the ring, its readers and JSON: other files get the bytes as they come.

/** Longest line kept whole; a longer one goes on as further lines. */
const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Cuts one stream into lines. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Hands out an unfinished last line, if there is one. */
  flush(): void;
}

/** `onLine` gets the text of each line without its end (`\n` or `\r\n`), and whether it has come to one; bytes that are no UTF-8 become U+FFFD. */
export function createLineSplitter(onLine: (text: string, end: '\n' | '') => void, maxBytes: number = MAX_LINE_BYTES): LineSplitter {
  let pieces: Buffer[] = [];
  let length = 0;

  const keep = (piece: Buffer): void => {
    pieces.push(piece);
    length += piece.length;
  };
  const take = (): Buffer => {
    const line = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length);
    pieces = [];
    length = 0;
    return line;
  };
  const cutTooLong = (): void => {
    while (length > maxBytes) {
      const line = take();
      const end = characterStart(line, maxBytes);
      onLine(line.toString('utf8', 0, end), '');
      keep(line.subarray(end));
    }
  };

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        keep(chunk.subarray(start, end));
        start = end + 1;
        cutTooLong();
        onLine(withoutReturn(take()), '\n');
      }
      if (start < chunk.length) keep(chunk.subarray(start));
      cutTooLong();
    },
    flush() {
      if (length > 0) onLine(withoutReturn(take()), '');
    },
  };
}

function withoutReturn(line: Buffer): string {
  return line.toString('utf8', 0, line.at(-1) === RETURN ? line.length - 1 : line.length);
}

/** The last beginning of a UTF-8 character at or before `limit`; `limit` itself where the bytes are none (RFC 3629: continuation bytes are 10xxxxxx). */
function characterStart(bytes: Buffer, limit: number): number {
  for (let start = limit; start > Math.max(limit - 4, 0); start -= 1) {
    if ((bytes[start]! & 0xc0) !== 0x80) return start;
  }
  return limit;
}

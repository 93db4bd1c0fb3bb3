// The date before each line of a file. Works on chunks as they come: no line is held back or put together.

const NEWLINE = 0x0a;

/** Remembers for one stream whether the next byte begins a line. */
export interface LinePrefixer {
  /** The chunk with `prefix` before every line that begins in it. */
  add(chunk: Buffer, prefix: string): Buffer;
  /** Whether the stream stands within a line. */
  readonly unfinished: boolean;
}

export function createLinePrefixer(): LinePrefixer {
  let unfinished = false;
  return {
    get unfinished() {
      return unfinished;
    },
    add(chunk, prefix) {
      if (chunk.length === 0) return chunk;
      const goesOn = unfinished;
      unfinished = chunk.at(-1) !== NEWLINE;
      return prefixLines(chunk, prefix, goesOn);
    },
  };
}

/** The chunk, which is not empty, with `prefix` before every line that begins in it; `goesOn`: it begins within a line. */
export function prefixLines(chunk: Buffer, prefix: string, goesOn: boolean): Buffer {
  const unfinished = chunk.at(-1) !== NEWLINE;
  // Latin-1 turns bytes into characters one by one and back, so whatever encoding the app uses stays as it is.
  const bytes = Buffer.from(prefix, 'utf8').toString('latin1');
  const text = chunk.toString('latin1', 0, unfinished ? chunk.length : chunk.length - 1).replaceAll('\n', `\n${bytes}`);
  return Buffer.from(`${goesOn ? '' : bytes}${text}${unfinished ? '' : '\n'}`, 'latin1');
}

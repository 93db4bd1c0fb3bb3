// Looks at what a file is: a binary, a script that names its interpreter, or text. It runs nothing.
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';

/** `shebang.program` is the program as the first line names it: a path, or a bare name after /usr/bin/env. */
export type FileNature =
  | { readonly kind: 'binary' }
  | { readonly kind: 'shebang'; readonly program: string }
  | { readonly kind: 'text' }
  | { readonly kind: 'unreadable' };

const SNIFFED_BYTES = 512;

/** The nature of a file; symbolic links are followed. */
export function sniff(file: string): FileNature {
  const start = readStart(file);
  if (start === null) return { kind: 'unreadable' };
  if (start.includes(0)) return { kind: 'binary' };
  const line = /^#!\s*([^\n\r]*)/.exec(start.toString('latin1'))?.[1];
  const program = line === undefined ? undefined : programOf(line.trim().split(/\s+/));
  return program === undefined || program === '' ? { kind: 'text' } : { kind: 'shebang', program };
}

/** `/usr/bin/env -S NAME=value node --harmony` names node (env(1)). */
function programOf(words: readonly string[]): string | undefined {
  if (basename(words[0] ?? '') !== 'env') return words[0];
  return words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
}

/** ELF and Mach-O headers have a NUL among their first bytes; text has none. */
function readStart(file: string): Buffer | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
    const buffer = Buffer.alloc(SNIFFED_BYTES);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, SNIFFED_BYTES, 0));
  } catch {
    return null; // execute-only binaries exist: what cannot be read is executed as it is
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

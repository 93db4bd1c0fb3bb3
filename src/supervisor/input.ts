// A line for the standard input of an instance: written now, whole or not at all. It waits for nobody.
import type { Live } from './live.ts';

/** A line without its end, and that. */
export interface InputLine {
  readonly line: string;
  readonly end?: string;
}

/** Null when it was written, else why not. */
export function writeInput(live: Live | undefined, { line, end = '\n' }: InputLine, mode: 'cluster' | 'fork'): string | null {
  const child = live?.run?.child;
  if (child?.pid === null || child === undefined || child === null) return 'it is not running';
  if (mode === 'cluster') return 'it runs in cluster mode, in which an instance has no standard input';
  const outcome = child.input(Buffer.from(`${line}${end}`));
  switch (outcome) {
    case 'taken':
      return null;
    case 'full':
      return 'it does not read its standard input, and no more fits into it';
    case 'closed':
      return 'it has closed its standard input, or never had one';
    default:
      return outcome satisfies never;
  }
}

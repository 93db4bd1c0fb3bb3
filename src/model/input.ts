// How much standard input an instance takes at once. No behaviour.
import type { Bytes } from './units.ts';

/** Of a line with its end: what a FIFO takes in one piece (PIPE_BUF in pipe(7)), and as much as a terminal takes. */
export const MAX_INPUT_BYTES: Bytes = 4096;

// A connection to the daemon, as little of one as a client needs. Types alone.
import type { Ms } from '../model/units.ts';

/** One open connection. */
export interface Wire {
  write(text: string): void;
  /** The next bytes; null at the end, and after `close`. Rejects when it breaks, or with the reason for which it was closed. One call at a time. */
  read(): Promise<Buffer | null>;
  /** It closes, for that reason, when nothing has come for so long. */
  limitSilence(silenceMs: Ms, reason: Error): void;
  close(reason?: Error): void;
}

/** `nobody`: no daemon, or one that is going. Nothing has been sent then. */
export type Dialled =
  | { readonly kind: 'connected'; readonly wire: Wire }
  | { readonly kind: 'nobody' | 'failed'; readonly error: NodeJS.ErrnoException };

/** Connects to the Unix socket of that path. */
export type Dial = (path: string) => Promise<Dialled>;

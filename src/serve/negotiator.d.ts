// The parts of the packages negotiator and mime-types that are used, which come without types of their own.
declare module 'negotiator' {
  import type { IncomingMessage } from 'node:http';

  class Negotiator {
    constructor(request: Pick<IncomingMessage, 'headers'>);
    /** The one of `available` that the client likes best, by its own weights, then by the order of `preferred`. */
    encoding(available: readonly string[], options: { readonly preferred: readonly string[] }): string | undefined;
  }
  export = Negotiator;
}

declare module 'mime-types' {
  /** `text/html; charset=utf-8` for `.html`. */
  export function contentType(extension: string): string | false;
}

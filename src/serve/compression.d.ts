// The part of the package compression that is used, which comes without types of its own.
declare module 'compression' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  function compression(options: {
    readonly filter: (request: IncomingMessage, response: ServerResponse) => boolean;
  }): (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  namespace compression {
    function filter(request: IncomingMessage, response: ServerResponse): boolean;
  }
  export = compression;
}
